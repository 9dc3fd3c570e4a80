package dev.obdbuild.pusher.tree;

import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarTime;
import dev.obdbuild.pusher.attest.Subject;
import dev.obdbuild.pusher.output.FolderOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of all platforms in one tree, each with what is attested about it: in a folder of its
 * own, or laid over each other where no two have the same file.
 */
public final class JoinedTree implements ExportTree {

  private final List<PlatformFiles> platforms;
  private final FolderOptions options;
  private final boolean multiPlatform;
  private final Instant now;

  /**
   * @param multiPlatform whether the build was asked for platforms
   * @param now date of the files with statements, where no epoch says another
   */
  public JoinedTree(
      List<PlatformFiles> platforms, FolderOptions options, boolean multiPlatform, Instant now) {
    this.platforms = List.copyOf(platforms);
    this.options = options;
    this.multiPlatform = multiPlatform;
    this.now = now;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if two platforms have a file of the same name and share a
   *     folder
   */
  @Override
  public void walk(Visitor visitor) throws IOException {
    boolean split = options.split(multiPlatform);
    Map<String, String> seen = new HashMap<>();
    for (PlatformFiles platform : platforms) {
      Visitor here =
          split
              ? intoFolder(platform, visitor)
              : (entry, content) -> {
                if (unseen(seen, entry, platform.id())) {
                  visitor.entry(dated(entry, platform.epoch()), content);
                }
              };
      if (split) {
        TarEntry folder =
            TarEntry.builder(TarEntry.Type.DIRECTORY, TarEntry.bytes(platform.folder()))
                .mtime(platform.epoch().map(JoinedTree::time).orElse(TarTime.EPOCH))
                .build();
        visitor.entry(folder, () -> new ByteArrayInputStream(new byte[0]));
      }
      platform.files().walk(here);
      statements(platform, split, here);
    }
  }

  private void statements(PlatformFiles platform, boolean split, Visitor visitor)
      throws IOException {
    if (platform.attestations().stream().allMatch(a -> a.inlineOnly())) {
      return;
    }
    List<Subject> subjects = FileSubjects.of(platform.files());
    String told = multiPlatform && !split ? platform.id() : "";
    for (StatementFile file : StatementFile.of(platform.attestations(), options, told, subjects)) {
      TarEntry entry =
          TarEntry.builder(TarEntry.Type.FILE, TarEntry.bytes(file.name()))
              .mode(0600)
              .size(file.bytes().length)
              .mtime(time(now))
              .build();
      visitor.entry(entry, () -> new ByteArrayInputStream(file.bytes()));
    }
  }

  private static Visitor intoFolder(PlatformFiles platform, Visitor visitor) {
    String prefix = TarEntry.bytes(platform.folder()) + "/";
    return (entry, content) -> {
      String target =
          entry.type() == TarEntry.Type.HARD_LINK ? prefix + entry.linkName() : entry.linkName();
      visitor.entry(
          dated(renamed(entry, prefix + entry.name(), target), platform.epoch()), content);
    };
  }

  /** Whether the entry is to be shown: a folder once, a file only if no other has its name. */
  private static boolean unseen(Map<String, String> seen, TarEntry entry, String platform) {
    String other = seen.putIfAbsent(entry.name(), platform);
    if (other == null) {
      return true;
    }
    if (entry.type() != TarEntry.Type.DIRECTORY) {
      throw new IllegalArgumentException(
          "cannot overwrite "
              + entry.nameText()
              + " from "
              + other
              + " with "
              + platform
              + " when split option is disabled");
    }
    return false;
  }

  private static TarEntry dated(TarEntry entry, Optional<Instant> epoch) {
    return epoch.map(at -> with(entry, entry.name(), entry.linkName(), time(at))).orElse(entry);
  }

  private static TarEntry renamed(TarEntry entry, String name, String linkName) {
    return with(entry, name, linkName, entry.mtime());
  }

  static TarEntry with(TarEntry entry, String name, String linkName, TarTime mtime) {
    return new TarEntry(
        entry.type(),
        name,
        linkName,
        entry.mode(),
        entry.uid(),
        entry.gid(),
        entry.userName(),
        entry.groupName(),
        entry.size(),
        mtime,
        entry.atime(),
        entry.devMajor(),
        entry.devMinor(),
        entry.xattrs(),
        entry.extents(),
        entry.offset());
  }

  private static TarTime time(Instant instant) {
    return new TarTime(instant.getEpochSecond(), instant.getNano());
  }
}
