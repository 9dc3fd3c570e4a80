package dev.obdbuild.backstore.scsi;

import java.util.Objects;

/**
 * What a command block asks for. Offsets and lengths are bytes and lie on the disk; data is what
 * the transport carries with the command. Reads and writes have at most {@link
 * DiskShape#MAX_TRANSFER} bytes.
 */
public sealed interface Command {

  /** Put the bytes of a range into the data. */
  record Read(long offset, int length) implements Command {}

  /** Store the data in a range; {@code durable}: and flush. */
  record Write(long offset, int length, boolean durable) implements Command {}

  /**
   * Fill a range with the one sector that the data holds; with zeros, and no data, if {@code
   * zeros}.
   */
  record WriteSame(long offset, int length, boolean zeros) implements Command {}

  /** Give up the ranges of a list of {@code length} bytes in the data: {@link UnmapList#parse}. */
  record Unmap(int length) implements Command {}

  /** Make durable what was written. */
  record Flush() implements Command {}

  /**
   * Change modes by a list of {@code length} bytes in the data: {@link ModePages#select}.
   *
   * @param header bytes in front of the pages
   */
  record ModeSelect(int length, int header) implements Command {}

  /** Put these bytes into the data: answered already. */
  final class Answer implements Command {
    private final byte[] bytes;

    Answer(byte[] bytes) {
      this.bytes = Objects.requireNonNull(bytes);
    }

    /** The bytes, cut to what was asked for. */
    public byte[] bytes() {
      return bytes.clone();
    }
  }

  /** Nothing is left to do. */
  record Done() implements Command {}

  /** It is not carried out. */
  record Refused(Sense sense) implements Command {}
}
