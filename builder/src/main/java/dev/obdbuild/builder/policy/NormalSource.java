package dev.obdbuild.builder.policy;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.worker.source.git.GitRemote;
import java.io.IOException;

/** Sources as policies see them: whole names of images, git remotes by host and path alone. */
final class NormalSource {

  private NormalSource() {}

  /** The same source under the name that rules speak of; one that has no such name stays. */
  static SourceOp of(SourceOp source) {
    try {
      return new SourceOp(identifier(source), source.attrs());
    } catch (IOException | IllegalArgumentException e) {
      // It is refused later, by whoever has to make something of it.
      return source;
    }
  }

  private static String identifier(SourceOp source) throws IOException {
    return switch (source.scheme()) {
      case "docker-image" -> "docker-image://" + Reference.parse(source.location()).canonical();
      case "oci-layout" -> "oci-layout://" + Reference.parseName(source.location()).canonical();
      case "git" -> git(source);
      default -> source.identifier();
    };
  }

  private static String git(SourceOp source) throws IOException {
    GitRemote remote = GitRemote.parse(source.location());
    String full = source.attrs().getOrDefault(SourceAttr.GIT_FULL_URL, "");
    String where = place(full.isEmpty() ? remote.url() : GitRemote.parse(full).url());
    String subdir = remote.subdir().isEmpty() ? "" : ":" + remote.subdir();
    return "git://"
        + where
        + (remote.ref().isEmpty() && subdir.isEmpty() ? "" : "#" + remote.ref() + subdir);
  }

  /** Host and path; how to get there and as whom does not count. */
  private static String place(String url) {
    int scheme = url.indexOf("://");
    String rest = scheme < 0 ? url.replaceFirst(":", "/") : url.substring(scheme + 3);
    int slash = rest.indexOf('/');
    int at = rest.lastIndexOf('@', slash < 0 ? rest.length() : slash);
    return rest.substring(at + 1);
  }
}
