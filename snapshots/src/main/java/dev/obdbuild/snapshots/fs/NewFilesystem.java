package dev.obdbuild.snapshots.fs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What filesystems that start from nothing are, and what bases with another one meet.
 *
 * @param bytes their size, a multiple of 4096
 * @param mountOptions instead of the usual ones, for all of that kind
 * @param mkfsOptions instead of the usual ones
 * @param named whether the kind was asked for by name
 * @param bases what happens to bases of another size
 */
public record NewFilesystem(
    FileSystem kind,
    long bytes,
    Optional<String> mountOptions,
    Optional<String> mkfsOptions,
    boolean named,
    BaseSize bases) {
  /** What happens to a base of another size. */
  public enum BaseSize {
    /** It keeps its size. */
    ANY,
    /** A smaller one is grown by the first step upon it. */
    AT_LEAST,
    /** The same, and a larger one is refused: nothing is ever shrunk. */
    EXACT
  }

  /** The usual size. */
  public static final long DEFAULT_BYTES = 64L << 30;

  private static final int PARTS = 3;

  public NewFilesystem {
    if (bytes <= 0 || bytes % 4096 != 0) {
      throw new IllegalArgumentException(
          "filesystem of " + bytes + " bytes: must be a multiple of 4096");
    }
    if (!kind.writable()) {
      throw new IllegalArgumentException(
          "a new filesystem cannot be " + kind.type() + ": it is read-only");
    }
  }

  /** The usual kind with that size; bases keep theirs. */
  public static NewFilesystem of(long bytes) {
    return new NewFilesystem(
        new Ext4(), bytes, Optional.empty(), Optional.empty(), false, BaseSize.ANY);
  }

  /**
   * What a user says, in the notation of the original tools: the kind, or {@code KIND;MOUNT
   * OPTIONS;MKFS OPTIONS} where an empty part means no options.
   *
   * @throws IllegalArgumentException when it makes no sense
   */
  public NewFilesystem as(String text) {
    String[] parts = text.split(";", -1);
    if (parts.length > PARTS) {
      throw new IllegalArgumentException(
          "filesystem \"" + text + "\": must be KIND;MOUNT OPTIONS;MKFS OPTIONS");
    }
    return new NewFilesystem(
        named(parts[0].strip()),
        bytes,
        parts.length > 1 ? Optional.of(parts[1].strip()) : Optional.empty(),
        parts.length > 2 ? Optional.of(parts[2].strip()) : Optional.empty(),
        true,
        bases);
  }

  private static FileSystem named(String type) {
    return Probe.KINDS.stream()
        .filter(kind -> kind.type().equals(type) && kind.writable())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "filesystem \"" + type + "\": must be ext4, xfs or btrfs"));
  }

  /** The same with another size, and bases of another size treated so. */
  public NewFilesystem with(long size, BaseSize rule) {
    return new NewFilesystem(kind, size, mountOptions, mkfsOptions, named, rule);
  }

  /** Options of mount(2) for a filesystem of any kind. */
  public String mountOptions(FileSystem other) {
    String free =
        other.equals(kind) ? mountOptions.orElse(other.usualOptions()) : other.usualOptions();
    String needed = other.neededOptions();
    return needed.isEmpty() || free.isEmpty() ? needed + free : needed + "," + free;
  }

  /** Options of the kind's mkfs. */
  public List<String> mkfs() {
    return Arrays.stream(mkfsOptions.orElse(kind.usualMkfs()).split("\\s+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /** What those made so have in common: part of the identity of all that starts from nothing. */
  public String key() {
    return kind.type() + " " + bytes + mkfsOptions.map(options -> " " + options).orElse("");
  }

  /**
   * What sets results made so apart from those made by default; empty if nothing does. How
   * filesystems are mounted does not count.
   */
  public Optional<String> difference() {
    return key().equals(of(DEFAULT_BYTES).key()) && bases == BaseSize.ANY
        ? Optional.empty()
        : Optional.of(key() + (bases == BaseSize.ANY ? "" : " at least"));
  }

  /** {@link #key} as a name of files. */
  public String template() {
    String options =
        mkfsOptions
            .map(text -> "-" + UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)))
            .orElse("");
    return "template-" + kind.type() + "-" + kind.version() + "-" + bytes + options;
  }
}
