package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.backstore.tcmu.CommandRing;
import dev.obdbuild.backstore.tcmu.KernelRing;
import dev.obdbuild.backstore.tcmu.KernelRing.Vector;
import dev.obdbuild.backstore.tcmu.RingCommand;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands carried out on a device, through a ring without a kernel. */
final class TcmuOperationsTest {
  private static final int SIZE = 1 << 20;
  private static final int AT = KernelRing.DATA;
  private static final Vector SECTOR = new Vector(AT, 512);

  private final KernelRing kernel = new KernelRing(3);
  private final FaultyDevice device = new FaultyDevice(new MemoryDevice(SIZE, 512));
  private final TransferBuffer buffer = new TransferBuffer(SIZE);

  @AfterEach
  void close() {
    buffer.close();
  }

  /** "GOOD", or the sense data's key, code, qualifier and LBA. */
  private String run(TcmuOperations operations, String cdb, Vector... data) throws IOException {
    CommandRing ring = new CommandRing(kernel.map(), "test");
    long at = kernel.command(1, HexFormat.of().parseHex(cdb.replace(" ", "")), data);
    RingCommand command = Objects.requireNonNull(ring.take());
    ring.complete(command, operations.answer(command, operations.parse(command), buffer));
    String response = kernel.responses().getLast();
    if (!response.startsWith("1:2")) {
      return response;
    }
    byte[] sense = kernel.map().asSlice(at + 16, 18).toArray(ValueLayout.JAVA_BYTE);
    return "%d/%02x/%02x@%d".formatted(sense[2], sense[12], sense[13], sense[6]);
  }

  private TcmuOperations operations(boolean readOnly) {
    return new TcmuOperations(device, readOnly, "serial");
  }

  private MemorySegment data(long offset, long length) {
    return kernel.map().asSlice(AT + offset, length);
  }

  private byte[] stored(int sector) throws IOException {
    return BlockDeviceConformance.read(device, sector * 512L, 512);
  }

  @Test
  void scatteredDataIsWrittenAndReadBack() throws IOException {
    byte[] bytes = SplitRandom.bytes(new SplittableRandom(1), 1024);
    data(2000, 300).copyFrom(MemorySegment.ofArray(bytes).asSlice(0, 300));
    data(100, 724).copyFrom(MemorySegment.ofArray(bytes).asSlice(300));
    Vector[] parts = {new Vector(AT + 2000, 300), new Vector(AT + 100, 724)};
    assertThat(run(operations(false), "2a 00 00 00 00 05 00 00 02 00", parts)).isEqualTo("1:0");
    assertThat(BlockDeviceConformance.read(device, 5 * 512, 1024)).isEqualTo(bytes);
    data(0, 2500).fill((byte) 9);
    assertThat(run(operations(false), "28 00 00 00 00 05 00 00 02 00", parts)).isEqualTo("1:0");
    assertThat(data(2000, 300).mismatch(MemorySegment.ofArray(bytes).asSlice(0, 300)))
        .isEqualTo(-1);
    assertThat(data(100, 724).mismatch(MemorySegment.ofArray(bytes).asSlice(300))).isEqualTo(-1);
    assertThat(data(99, 1).get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 9);
  }

  @Test
  void oneSectorFillsARange() throws IOException {
    data(0, 512).fill((byte) 7);
    assertThat(run(operations(false), "41 00 00 00 00 02 00 00 03 00", SECTOR)).isEqualTo("1:0");
    assertThat(stored(1)).containsOnly(0);
    assertThat(stored(2)).containsOnly(7);
    assertThat(stored(4)).containsOnly(7);
    assertThat(stored(5)).containsOnly(0);
    data(0, 512).fill((byte) 0);
    assertThat(run(operations(false), "41 08 00 00 00 02 00 00 01 00", SECTOR)).isEqualTo("1:0");
    assertThat(stored(2)).containsOnly(0);
    assertThat(run(operations(false), "93 01 00 00 00 00 00 00 00 03 00 00 00 01 00 00"))
        .isEqualTo("1:0");
    assertThat(stored(3)).containsOnly(0);
    assertThat(stored(4)).containsOnly(7);
  }

  @Test
  void unmappedRangesReadAsZeros() throws IOException {
    byte[] ones = new byte[4 * 512];
    Arrays.fill(ones, (byte) 1);
    device.write(0, MemorySegment.ofArray(ones));
    byte[] list =
        HexFormat.of()
            .parseHex(
                "0026002000000000"
                    + "0000000000000000"
                    + "00000001"
                    + "00000000"
                    + "0000000000000002"
                    + "00000002"
                    + "00000000");
    data(0, list.length).copyFrom(MemorySegment.ofArray(list));
    assertThat(run(operations(false), "42 00 00 00 00 00 00 00 28 00", SECTOR)).isEqualTo("1:0");
    assertThat(stored(0)).containsOnly(0);
    assertThat(stored(1)).containsOnly(1);
    assertThat(stored(2)).containsOnly(0);
    assertThat(stored(3)).containsOnly(0);
  }

  @Test
  void lessDataThanTheCommandSaysIsRefused() throws IOException {
    for (String cdb :
        new String[] {
          "28 00 00 00 00 00 00 00 02 00",
          "2a 00 00 00 00 00 00 00 02 00",
          "42 00 00 00 00 00 00 08 00 00",
          "55 10 00 00 00 00 00 08 00 00"
        }) {
      assertThat(run(operations(false), cdb, SECTOR)).as(cdb).isEqualTo("5/24/00@0");
    }
    assertThat(run(operations(false), "41 00 00 00 00 00 00 00 01 00")).isEqualTo("5/24/00@0");
    assertThat(run(operations(false), "12 00 00 00 60 00", new Vector(AT, 5)))
        .isEqualTo("5/24/00@0");
  }

  @Test
  void answersSayHowLongTheyAre() throws IOException {
    assertThat(run(operations(false), "12 00 00 02 00 00", SECTOR)).isEqualTo("1:0=36");
  }

  @Test
  void failuresOfTheDeviceNameTheBlock() throws IOException {
    device.failAt(3 * 512);
    assertThat(run(operations(false), "28 00 00 00 00 03 00 00 01 00", SECTOR))
        .isEqualTo("3/11/00@3");
    assertThat(run(operations(false), "2a 00 00 00 00 03 00 00 01 00", SECTOR))
        .isEqualTo("3/0c/00@3");
    assertThat(run(operations(false), "93 01 00 00 00 00 00 00 00 03 00 00 00 01 00 00"))
        .isEqualTo("3/0c/00@3");
  }

  @Test
  void aReadOnlyDiskTakesNothing() throws IOException {
    assertThat(run(operations(true), "2a 00 00 00 00 03 00 00 01 00", SECTOR))
        .isEqualTo("7/27/00@0");
    assertThat(run(operations(true), "28 00 00 00 00 03 00 00 01 00", SECTOR)).isEqualTo("1:0");
  }
}
