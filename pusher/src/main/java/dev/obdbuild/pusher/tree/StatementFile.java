package dev.obdbuild.pusher.tree;

import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.pusher.attest.JsonText;
import dev.obdbuild.pusher.attest.Subject;
import dev.obdbuild.pusher.output.FolderOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A statement as a file beside the files that it is about; mode 0600.
 *
 * @param name in the top folder of its platform
 * @param bytes JSON, indented
 */
public record StatementFile(String name, byte[] bytes) {

  /**
   * The files for some attestations; those that are only meant for registries make none.
   *
   * @param platform told in the names where several platforms share a folder; else empty
   * @param files what the statements are about
   * @throws IOException if a predicate is not JSON
   * @throws IllegalArgumentException if two would have the same name, or one that is no file name
   */
  public static List<StatementFile> of(
      List<Attestation> attestations, FolderOptions options, String platform, List<Subject> files)
      throws IOException {
    List<StatementFile> made = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Attestation attestation : attestations) {
      if (attestation.inlineOnly()) {
        continue;
      }
      String name = options.attestationPrefix() + named(attestation.fileName(), platform);
      if (name.isEmpty() || name.equals("..") || name.equals(".") || name.indexOf('/') >= 0) {
        throw new IllegalArgumentException(
            "attestation-prefix and file make \"" + name + "\", which is no file name");
      }
      if (!names.add(name)) {
        throw new IllegalArgumentException("duplicate attestation path name " + name);
      }
      String statement = new String(attestation.statement(files), StandardCharsets.UTF_8);
      String json = JsonText.indent(statement, attestation.predicateType());
      made.add(new StatementFile(name, json.getBytes(StandardCharsets.UTF_8)));
    }
    return made;
  }

  private static String named(String path, String platform) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (platform.isEmpty()) {
      return name;
    }
    int dot = name.lastIndexOf('.');
    String stem = dot < 0 ? name : name.substring(0, dot);
    return stem + "." + platform.replace('/', '_') + (dot < 0 ? "" : name.substring(dot));
  }
}
