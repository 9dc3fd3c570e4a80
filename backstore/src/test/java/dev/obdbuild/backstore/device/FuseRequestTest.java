package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.fuse.FuseChannel;
import dev.obdbuild.linux.fuse.FuseSession;
import dev.obdbuild.linux.fuse.Opcode;
import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.LinuxException;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a FUSE request, it gets one answer, and the device is none the worse. */
final class FuseRequestTest {
  private static final int ROUNDS = 4000;
  private static final int TRANSFER = 16 << 10;
  private static final int SIZE = 1 << 20;
  private static final int HEADER = 40;
  private static final int REPLY = 16;
  private static final int[] UNANSWERED = {2, 36, 42};
  private static final int[] KNOWN = {
    Opcode.READ,
    Opcode.WRITE,
    Opcode.FALLOCATE,
    Opcode.INIT,
    Opcode.SETATTR,
    Opcode.OPEN,
    Opcode.STATFS,
    Opcode.FSYNC
  };

  @TempDir Path folder;

  /** A pipe in place of /dev/fuse: what goes in is the request, what is in it then the answer. */
  @Test
  @NeedsTool("mkfifo")
  void anyRequestIsAnsweredOnce() throws Exception {
    Path pipe = folder.resolve("fuse");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    StackDevice device =
        new StackDevice(LayerStack.of(List.of(), SIZE), SparseLayer.create(new MemoryFile(), SIZE));
    ServeOptions options = new ServeOptions(2, 1, TRANSFER, 8);
    FuseOperations operations = new FuseOperations(device, false, options);
    try (FuseSession session = FuseSession.adopt(Descriptor.readWrite(pipe), pipe);
        FuseChannel channel = session.channel(TRANSFER);
        FileChannel kernel =
            FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      SplitRandom.run(
          random -> {
            for (long unique = 1; unique <= ROUNDS; unique++) {
              byte[] request = request(unique, random);
              write(kernel, ByteBuffer.wrap(request));
              assertThat(channel.next()).isTrue();
              assertThat(channel.received()).isEqualTo(request.length);
              answered(operations, channel, kernel, unique);
              assertThat(device.failure()).as("after request %d", unique).isEmpty();
            }
          });
    }
    assertThat(device.stats().writes()).isPositive();
    assertThat(device.stats().reads()).isPositive();
    device.close();
  }

  private static byte[] request(long unique, SplittableRandom random) {
    boolean write = random.nextInt(3) == 0;
    int opcode =
        write
            ? Opcode.WRITE
            : random.nextInt(4) == 0 ? random.nextInt(60) : KNOWN[random.nextInt(KNOWN.length)];
    int length = HEADER + 40 + (write ? 512 * random.nextInt(20) : 0);
    ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    out.putInt(length).putInt(opcode).putLong(unique).putLong(1);
    for (int at = HEADER; at + 8 <= length; at += 8) {
      out.putLong(at, number(random));
    }
    if (random.nextBoolean()) {
      out.putLong(48, 4096L * random.nextInt(SIZE / 4096));
      out.putInt(56, 4096 * random.nextInt(4));
    }
    return out.array();
  }

  private static long number(SplittableRandom random) {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextLong();
      case 1 -> -1;
      case 2 -> Long.MAX_VALUE - random.nextInt(4096);
      case 3 -> 0;
      case 4 -> (long) random.nextInt(1, SIZE) << 32 | random.nextInt(SIZE);
      default -> 4096L * random.nextInt(SIZE / 4096);
    };
  }

  private static void answered(
      FuseOperations operations, FuseChannel channel, FileChannel kernel, long unique)
      throws IOException {
    boolean quiet = false;
    for (int opcode : UNANSWERED) {
      quiet |= channel.opcode() == opcode;
    }
    boolean _ = operations.mayWait(channel);
    try {
      operations.answer(channel);
    } catch (LinuxException e) {
      // A kernel that speaks another protocol cannot be served.
      assertThat(channel.opcode()).isEqualTo(Opcode.INIT);
    }
    if (quiet) {
      return;
    }
    ByteBuffer reply = ByteBuffer.allocate(REPLY + TRANSFER).order(ByteOrder.nativeOrder());
    int length = kernel.read(reply);
    assertThat(reply.getInt(0)).isEqualTo(length);
    assertThat(reply.getInt(4)).isBetween(-133, 0);
    assertThat(reply.getLong(8)).isEqualTo(unique);
    if (reply.getInt(4) != 0) {
      assertThat(length).isEqualTo(REPLY);
    } else if (channel.opcode() == Opcode.READ) {
      assertThat(length - REPLY).isBetween(0, channel.size());
    }
  }

  private static void write(FileChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int _ = to.write(bytes);
    }
  }
}
