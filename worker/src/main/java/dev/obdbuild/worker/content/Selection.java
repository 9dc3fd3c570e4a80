package dev.obdbuild.worker.content;

import dev.obdbuild.llb.FileAction;
import java.util.List;

/**
 * What of a tree counts for a step.
 *
 * @param src a path of the tree
 * @param wildcard whether {@code src} may have wildcards
 * @param followLinks whether a symlink that {@code src} names is followed
 * @param contentsOnly whether a directory that {@code src} names counts only for what is in it, not
 *     for its own mode, owner and attributes
 * @param includePatterns relative to {@code src}; none means all
 * @param excludePatterns relative to {@code src}
 * @param requiredPaths prefixes of absolute paths, each of which something chosen must have
 */
public record Selection(
    String src,
    boolean wildcard,
    boolean followLinks,
    boolean contentsOnly,
    List<String> includePatterns,
    List<String> excludePatterns,
    List<String> requiredPaths) {

  /** The whole tree. */
  public static final Selection ALL = path("/");

  public Selection {
    includePatterns = List.copyOf(includePatterns);
    excludePatterns = List.copyOf(excludePatterns);
    requiredPaths = List.copyOf(requiredPaths);
  }

  /** One path with all below it, symlinks followed. */
  public static Selection path(String path) {
    return new Selection(path, false, true, false, List.of(), List.of(), List.of());
  }

  /** A text that no other selection has: every string stands behind its length. */
  String name() {
    StringBuilder name = new StringBuilder();
    name.append(wildcard).append(followLinks).append(contentsOnly);
    for (List<String> list :
        List.of(List.of(src), includePatterns, excludePatterns, requiredPaths)) {
      name.append(' ').append(list.size());
      list.forEach(each -> name.append(' ').append(each.length()).append(':').append(each));
    }
    return name.toString();
  }

  /** What a copy reads. */
  public static Selection of(FileAction.Copy copy) {
    FileAction.CopyOptions options = copy.options();
    return new Selection(
        copy.src(),
        options.allowWildcard(),
        options.followSymlink(),
        options.dirCopyContents(),
        copy.includePatterns(),
        copy.excludePatterns(),
        copy.requiredPaths());
  }
}
