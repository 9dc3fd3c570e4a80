package dev.obdbuild.builder.gateway;

import dev.obdbuild.builder.build.FileEntry;
import dev.obdbuild.builder.session.sync.GoMode;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.protos.fsutil.Stat;

/** Attributes of files as messages, whose mode is Go's {@code os.FileMode}. */
final class FileStats {

  private FileStats() {}

  static Stat of(FileEntry entry) {
    dev.obdbuild.linux.file.Stat stat = entry.stat();
    return Stat.newBuilder()
        .setPath(entry.name())
        .setMode(GoMode.of(stat.type(), stat.permissions()))
        .setUid((int) stat.owner().uid())
        .setGid((int) stat.owner().gid())
        .setSize(stat.type() == FileType.DIRECTORY ? 0 : stat.size())
        .setModTime(stat.mtime().seconds() * 1_000_000_000L + stat.mtime().nanos())
        .setLinkname(entry.target())
        .setDevmajor(stat.rdevMajor())
        .setDevminor(stat.rdevMinor())
        .build();
  }
}
