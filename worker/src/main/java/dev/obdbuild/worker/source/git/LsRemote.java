package dev.obdbuild.worker.source.git;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code git ls-remote} prints. */
final class LsRemote {
  private static final Pattern DEFAULT_BRANCH =
      Pattern.compile("^ref: refs/heads/(\\S+)\\s+HEAD$", Pattern.MULTILINE);

  private LsRemote() {}

  /** The branch that HEAD points to. */
  static String defaultBranch(String output, GitRemote remote) throws IOException {
    Matcher matcher = DEFAULT_BRANCH.matcher(output);
    if (!matcher.find() || matcher.group(1).startsWith("-")) {
      throw new IOException("could not find default branch for repository: " + remote.shown());
    }
    return matcher.group(1);
  }

  /**
   * What a ref stands for. As for git itself, branches come before tags of the same name.
   *
   * @param checksum start of the name that one of tag and commit must have
   */
  static GitCommit choose(String output, String ref, GitRemote remote, String checksum)
      throws IOException {
    Map<String, String> objects = new HashMap<>();
    for (String line : output.split("\n")) {
      int tab = line.indexOf('\t');
      if (tab > 0) {
        objects.put(line.substring(tab + 1), line.substring(0, tab));
      }
    }
    String partial = "refs/" + without(ref, "refs/");
    String head = "refs/heads/" + without(ref, "refs/heads/");
    String tag = "refs/tags/" + without(ref, "refs/tags/");
    String used = objects.containsKey(partial) ? partial : objects.containsKey(head) ? head : tag;
    String object = objects.get(used);
    if (object == null) {
      throw new IOException("repository " + remote.shown() + " does not contain ref " + ref);
    }
    String tagged = used.equals(tag) ? objects.getOrDefault(tag + "^{}", "") : "";
    if (!GitRemote.isCommit(object) || !(tagged.isEmpty() || GitRemote.isCommit(tagged))) {
      throw new IOException(
          "invalid commit sha \"" + object + "\" of " + ref + " in " + remote.shown());
    }
    GitCommit commit = new GitCommit(used, object, tagged);
    check(commit, checksum);
    return commit;
  }

  private static String without(String ref, String prefix) {
    return ref.startsWith(prefix) ? ref.substring(prefix.length()) : ref;
  }

  /** Compares an expected name with what was found. */
  static void check(GitCommit found, String checksum) throws IOException {
    boolean matches =
        found.object().startsWith(checksum)
            || (!found.tagged().isEmpty() && found.tagged().startsWith(checksum));
    if (!matches) {
      throw new IOException(
          "expected checksum to match "
              + checksum
              + ", got "
              + found.object()
              + (found.tagged().isEmpty() ? "" : " or " + found.tagged()));
    }
  }
}
