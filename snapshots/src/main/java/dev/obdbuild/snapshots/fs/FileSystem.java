package dev.obdbuild.snapshots.fs;

import dev.obdbuild.linux.module.KernelModule;
import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A kind of filesystem that a device may hold: how it is known, made, mounted, brought to rest,
 * grown and checked. Stateless and thread-safe.
 */
public sealed interface FileSystem permits Ext4, Xfs, Btrfs, Erofs {
  /** Its name for mount(2), annotations and users. */
  String type();

  /** Whether it can be made, mounted for writing and so built upon. */
  boolean writable();

  /** Options of mount(2) that no user may leave out; empty for none. */
  String neededOptions();

  /** Options that it is mounted with unless told otherwise. */
  String usualOptions();

  /** Options of its mkfs unless told otherwise, in the notation of a command line. */
  String usualMkfs();

  /** Changes whenever the bytes of what {@link #make} makes with usual options do. */
  String version();

  /**
   * What the superblock on the device says; empty if there is none of this kind.
   *
   * @param name names the device in messages
   * @throws IOException when there is one that makes no sense, or is of a sort that is not
   *     supported
   */
  Optional<Geometry> probe(BlockFile device, String name) throws IOException;

  /**
   * Makes an empty one on a device node, or file, whose content is all zeros.
   *
   * @param options of its mkfs
   */
  void make(Path node, List<String> options) throws IOException;

  /** Errors that the kernel has noted in it so far; 0 where it keeps no count. */
  long errors(BlockFile device, String name) throws IOException;

  /**
   * Drops blocks that the filesystem does not use and what tells when and where it was mounted, as
   * far as this kind can.
   */
  void tidy(Resting device) throws IOException;

  /** Bytes at its beginning that are written whenever it is mounted for writing; 0 if unknown. */
  default long bookkeeping() {
    return 0;
  }

  /** Makes one that is not mounted fill its device, where it must not be mounted for that. */
  void growUnmounted(Path node) throws IOException;

  /** Makes one that is mounted for writing fill its device, where it must be mounted for that. */
  void growMounted(Path target) throws IOException;

  /** Compares its structures with one another, changing nothing. */
  Check check(Path node) throws IOException;

  /**
   * The result of a check.
   *
   * @param problem what is wrong, in one line; empty when all is well
   * @param output what the checker printed
   */
  record Check(Optional<String> problem, String output) {
    static Check of(Tool tool, List<String> command) throws IOException {
      Tool.Ended ended = tool.run(command);
      return new Check(
          ended.code() == 0
              ? Optional.empty()
              : Optional.of(command.getFirst() + " ended with exit code " + ended.code()),
          ended.output());
    }
  }

  /** Why the running kernel cannot mount it as it is used here; empty when it can. */
  default Optional<String> lacking() throws IOException {
    if (known(type())) {
      return Optional.empty();
    }
    Optional<String> missing = new KernelModule(type()).load();
    return known(type())
        ? Optional.empty()
        : Optional.of("this kernel has no " + type() + missing.map(m -> ": " + m).orElse(""));
  }

  private static boolean known(String type) throws IOException {
    return Files.readAllLines(Path.of("/proc/filesystems")).stream()
        .anyMatch(line -> line.endsWith("\t" + type));
  }
}
