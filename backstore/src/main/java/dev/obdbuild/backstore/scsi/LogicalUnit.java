package dev.obdbuild.backstore.scsi;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** A disk of a certain shape, as its commands see it. Immutable and thread-safe. */
public final class LogicalUnit {
  private static final int READ_CAPACITY = 0x10;
  private static final int PROTECT = 0xE0;
  private static final int FUA = 0x08;
  private static final int ANCHOR_OR_DATA_BITS = 0x16;
  private static final int NO_DATA = 0x01;
  private static final Command INVALID = new Command.Refused(Sense.invalidField());

  private final DiskShape disk;
  private final Inquiry inquiry;

  public LogicalUnit(DiskShape disk) {
    this.disk = disk;
    this.inquiry = new Inquiry(disk);
  }

  /** What a command block asks for. Never fails: what makes no sense is {@code Refused}. */
  public Command parse(Cdb cdb) {
    if (!cdb.whole()) {
      return new Command.Refused(Sense.invalidOpcode());
    }
    return switch (cdb.opcode()) {
      case 0x00, 0x1B -> new Command.Done(); // TEST UNIT READY, START STOP UNIT
      case 0x03 ->
          answer(new byte[] {0x70, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, cdb.u8(4));
      case 0x12 -> inquiry(cdb);
      case 0x25 -> answer(capacity10(), 8);
      case 0x9E ->
          (cdb.u8(1) & 0x1F) == READ_CAPACITY ? answer(capacity16(), cdb.u32(10)) : INVALID;
      case 0x1A -> cut(ModePages.sense(cdb, 4, disk.readOnly()), cdb.u8(4));
      case 0x5A -> cut(ModePages.sense(cdb, 8, disk.readOnly()), cdb.u16(7));
      case 0x15 -> select(cdb, cdb.u8(4), 4);
      case 0x55 -> select(cdb, cdb.u16(7), 8);
      case 0x08, 0x28, 0xA8, 0x88 -> read(cdb);
      case 0x0A, 0x2A, 0xAA, 0x8A -> write(cdb);
      case 0x41, 0x93 -> writeSame(cdb);
      case 0x42 -> unmap(cdb);
      case 0x35 -> flush(cdb.u32(2), cdb.u16(7));
      case 0x91 -> flush(cdb.u64(2), cdb.u32(10));
      default -> new Command.Refused(Sense.invalidOpcode());
    };
  }

  /** Parses the parameter list of an UNMAP. */
  public UnmapList unmapList(byte[] list) {
    return UnmapList.parse(list, disk);
  }

  private Command inquiry(Cdb cdb) {
    int length = cdb.u16(3);
    if (!cdb.bit(1, 1)) {
      return cdb.u8(2) == 0 ? answer(inquiry.standard(), length) : INVALID;
    }
    Optional<byte[]> page = inquiry.page(cdb.u8(2));
    return page.isPresent() ? answer(page.get(), length) : INVALID;
  }

  private byte[] capacity10() {
    long last = Math.min(disk.sectors() - 1, 0xFFFFFFFFL);
    return ByteBuffer.allocate(8).putInt((int) last).putInt(disk.sectorSize()).array();
  }

  private byte[] capacity16() {
    int perPhysical = DiskShape.PHYSICAL / disk.sectorSize();
    return ByteBuffer.allocate(32)
        .putLong(disk.sectors() - 1)
        .putInt(disk.sectorSize())
        .put(13, (byte) Integer.numberOfTrailingZeros(perPhysical))
        .put(14, (byte) 0xC0) // space can be given up, and then reads as zeros
        .array();
  }

  private static Command select(Cdb cdb, int length, int header) {
    boolean save = cdb.bit(1, 1);
    return save ? INVALID : new Command.ModeSelect(length, header);
  }

  private Command read(Cdb cdb) {
    Blocks blocks = Blocks.of(cdb);
    Optional<Sense> refusal = judge(cdb, blocks);
    if (refusal.isPresent()) {
      return new Command.Refused(refusal.get());
    }
    long length = blocks.count() * disk.sectorSize();
    return length > DiskShape.MAX_TRANSFER
        ? INVALID
        : new Command.Read(blocks.lba() * disk.sectorSize(), (int) length);
  }

  private Command write(Cdb cdb) {
    Blocks blocks = Blocks.of(cdb);
    Optional<Sense> refusal = judge(cdb, blocks);
    if (refusal.isPresent()) {
      return new Command.Refused(refusal.get());
    }
    if (disk.readOnly()) {
      return new Command.Refused(Sense.writeProtected());
    }
    long length = blocks.count() * disk.sectorSize();
    boolean durable = cdb.opcode() != 0x0A && cdb.bit(1, FUA);
    return length > DiskShape.MAX_TRANSFER
        ? INVALID
        : new Command.Write(blocks.lba() * disk.sectorSize(), (int) length, durable);
  }

  private Command writeSame(Cdb cdb) {
    Blocks blocks = Blocks.of(cdb);
    Optional<Sense> refusal = judge(cdb, blocks);
    if (refusal.isPresent()) {
      return new Command.Refused(refusal.get());
    }
    long length = blocks.count() * disk.sectorSize();
    if (cdb.bit(1, ANCHOR_OR_DATA_BITS) || length == 0 || length > DiskShape.MAX_SAME) {
      return INVALID;
    }
    if (disk.readOnly()) {
      return new Command.Refused(Sense.writeProtected());
    }
    // Whether space may be given up as well makes no difference: zeros never take space here.
    boolean zeros = cdb.opcode() == 0x93 && cdb.bit(1, NO_DATA);
    return new Command.WriteSame(blocks.lba() * disk.sectorSize(), (int) length, zeros);
  }

  private Command unmap(Cdb cdb) {
    if (cdb.bit(1, 1)) {
      return INVALID; // anchored
    }
    if (disk.readOnly()) {
      return new Command.Refused(Sense.writeProtected());
    }
    return cdb.u16(7) == 0 ? new Command.Done() : new Command.Unmap(cdb.u16(7));
  }

  private Command flush(long lba, long count) {
    return disk.holds(lba, count) ? new Command.Flush() : new Command.Refused(Sense.outOfRange());
  }

  /** Protection information is not kept; blocks must be there. */
  private Optional<Sense> judge(Cdb cdb, Blocks blocks) {
    if (cdb.opcode() >> 5 != 0 && cdb.bit(1, PROTECT)) {
      return Optional.of(Sense.invalidField());
    }
    return disk.holds(blocks.lba(), blocks.count())
        ? Optional.empty()
        : Optional.of(Sense.outOfRange());
  }

  private static Command answer(byte[] bytes, long atMost) {
    return new Command.Answer(Arrays.copyOf(bytes, (int) Math.min(bytes.length, atMost)));
  }

  private static Command cut(Command command, int atMost) {
    return command instanceof Command.Answer answer ? answer(answer.bytes(), atMost) : command;
  }

  /** The range of a command, by the length of its block. */
  private record Blocks(long lba, long count) {
    static Blocks of(Cdb cdb) {
      return switch (cdb.opcode() >> 5) {
        case 0 -> {
          int count = cdb.u8(4);
          yield new Blocks((cdb.u8(1) & 0x1FL) << 16 | cdb.u16(2), count == 0 ? 256 : count);
        }
        case 4 -> new Blocks(cdb.u64(2), cdb.u32(10));
        case 5 -> new Blocks(cdb.u32(2), cdb.u32(6));
        default -> new Blocks(cdb.u32(2), cdb.u16(7));
      };
    }
  }
}
