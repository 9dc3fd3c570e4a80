package dev.obdbuild.backstore.device;

import dev.obdbuild.backstore.scsi.Cdb;
import dev.obdbuild.backstore.scsi.Command;
import dev.obdbuild.backstore.scsi.DiskShape;
import dev.obdbuild.backstore.scsi.LogicalUnit;
import dev.obdbuild.backstore.scsi.ModePages;
import dev.obdbuild.backstore.scsi.Sense;
import dev.obdbuild.backstore.scsi.UnmapList;
import dev.obdbuild.backstore.tcmu.RingCommand;
import dev.obdbuild.backstore.tcmu.RingResponse;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** What a disk answers, the disk being a device. Stateless and thread-safe. */
final class TcmuOperations {
  private final BlockDevice device;
  private final LogicalUnit unit;
  private final int sector;

  TcmuOperations(BlockDevice device, boolean readOnly, String serial) {
    this.device = device;
    this.sector = device.sectorSize();
    this.unit = new LogicalUnit(new DiskShape(device.size(), sector, readOnly, serial));
  }

  /** What a command asks for. */
  Command parse(RingCommand command) {
    byte[] block = command.block();
    return block.length == 0
        ? new Command.Refused(Sense.invalidField())
        : unit.parse(Cdb.of(block));
  }

  /** Whether the device is not asked at all, or only for bytes that are here. */
  boolean isQuick(Command command) {
    return switch (command) {
      case Command.Read read -> !device.mayWait(read.offset(), read.length());
      case Command.Answer _, Command.Done _, Command.Refused _, Command.ModeSelect _ -> true;
      case Command.Write _, Command.WriteSame _, Command.Unmap _, Command.Flush _ -> false;
    };
  }

  /** Carries a command out. A failure of the device is an answer too. */
  RingResponse answer(RingCommand ring, Command command, TransferBuffer buffer) {
    return switch (command) {
      case Command.Read read -> read(ring, read, buffer);
      case Command.Write write -> write(ring, write, buffer);
      case Command.WriteSame same -> writeSame(ring, same, buffer);
      case Command.Unmap unmap -> unmap(ring, unmap);
      case Command.ModeSelect select -> select(ring, select);
      case Command.Flush _ -> result(attempt(device::flush, Sense.writeError(0)));
      case Command.Answer answer -> {
        byte[] bytes = answer.bytes();
        if (bytes.length > ring.size()) {
          yield refused(Sense.invalidField());
        }
        ring.put(0, MemorySegment.ofArray(bytes));
        yield RingResponse.read(bytes.length);
      }
      case Command.Done _ -> RingResponse.done();
      case Command.Refused refused -> refused(refused.sense());
    };
  }

  private RingResponse read(RingCommand ring, Command.Read read, TransferBuffer buffer) {
    if (read.length() > ring.size()) {
      return refused(Sense.invalidField());
    }
    if (read.length() > 0 && ring.contiguous()) {
      MemorySegment data = ring.slice(0, read.length());
      return result(attempt(() -> device.read(read.offset(), data), readError(read)));
    }
    MemorySegment data = buffer.first(read.length());
    Optional<Sense> failure = fetch(read, data);
    if (failure.isEmpty()) {
      ring.put(0, data);
    }
    return result(failure);
  }

  /** Reads beside the command's own memory. @return why it failed */
  Optional<Sense> fetch(Command.Read read, MemorySegment into) {
    return attempt(() -> device.read(read.offset(), into), readError(read));
  }

  private Sense readError(Command.Read read) {
    return Sense.readError(read.offset() / sector);
  }

  private RingResponse write(RingCommand ring, Command.Write write, TransferBuffer buffer) {
    if (write.length() > ring.size()) {
      return refused(Sense.invalidField());
    }
    MemorySegment data;
    if (write.length() > 0 && ring.contiguous()) {
      data = ring.slice(0, write.length());
    } else {
      data = buffer.first(write.length());
      ring.get(0, data);
    }
    return result(
        attempt(
            () -> {
              device.write(write.offset(), data);
              if (write.durable()) {
                device.flush();
              }
            },
            Sense.writeError(write.offset() / sector)));
  }

  private RingResponse writeSame(RingCommand ring, Command.WriteSame same, TransferBuffer buffer) {
    Sense failed = Sense.writeError(same.offset() / sector);
    if (!same.zeros()) {
      if (sector > ring.size()) {
        return refused(Sense.invalidField());
      }
      byte[] pattern = ring.bytes(sector);
      if (!isZero(pattern)) {
        return result(attempt(() -> fill(same.offset(), same.length(), pattern, buffer), failed));
      }
    }
    return result(attempt(() -> device.discard(same.offset(), same.length()), failed));
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private void fill(long offset, long length, byte[] pattern, TransferBuffer buffer)
      throws IOException {
    MemorySegment copies = buffer.first(Math.min(length, buffer.size()));
    for (long at = 0; at < copies.byteSize(); at += pattern.length) {
      MemorySegment.copy(MemorySegment.ofArray(pattern), 0, copies, at, pattern.length);
    }
    for (long done = 0; done < length; done += copies.byteSize()) {
      device.write(offset + done, copies.asSlice(0, Math.min(copies.byteSize(), length - done)));
    }
  }

  private RingResponse unmap(RingCommand ring, Command.Unmap unmap) {
    if (unmap.length() > ring.size()) {
      return refused(Sense.invalidField());
    }
    UnmapList list = unit.unmapList(ring.bytes(unmap.length()));
    if (list.refusal().isPresent()) {
      return refused(list.refusal().get());
    }
    for (UnmapList.Range range : list.ranges()) {
      Optional<Sense> failure =
          attempt(
              () -> device.discard(range.offset(), range.length()),
              Sense.writeError(range.offset() / sector));
      if (failure.isPresent()) {
        return refused(failure.get());
      }
    }
    return RingResponse.done();
  }

  private static RingResponse select(RingCommand ring, Command.ModeSelect select) {
    return select.length() > ring.size()
        ? refused(Sense.invalidField())
        : result(ModePages.select(ring.bytes(select.length()), select.header()));
  }

  static RingResponse result(Optional<Sense> failure) {
    return failure.isPresent() ? refused(failure.get()) : RingResponse.done();
  }

  static RingResponse refused(Sense sense) {
    return RingResponse.refused(sense.bytes());
  }

  /** Something the device does. */
  private interface Action {
    void run() throws IOException;
  }

  /** The device keeps its failure and tells its owner; the kernel gets sense data. */
  private Optional<Sense> attempt(Action action, Sense failed) {
    try {
      action.run();
      return Optional.empty();
    } catch (ReadOnlyDeviceException e) {
      return Optional.of(Sense.writeProtected());
    } catch (IOException e) {
      boolean full = e instanceof LinuxException known && known.is(Errno.ENOSPC);
      return Optional.of(full ? Sense.noSpace() : failed);
    } catch (RuntimeException | Error e) {
      device.fail(new IOException("serving the device failed: " + e, e));
      return Optional.of(failed);
    }
  }

  /** Has the device's user know that it answers no more. */
  void fail(IOException reason) {
    device.fail(reason);
  }
}
