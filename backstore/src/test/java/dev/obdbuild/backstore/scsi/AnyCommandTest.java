package dev.obdbuild.backstore.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.SplitRandom;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Command blocks from anywhere, against the promises of {@link Command}. */
final class AnyCommandTest {
  private static final int SIZE = 4 << 20;
  private static final int[] OPCODES = {
    0x08, 0x0A, 0x12, 0x15, 0x1A, 0x25, 0x28, 0x2A, 0x35, 0x41, 0x42, 0x55, 0x5A, 0x88, 0x8A, 0x91,
    0x93, 0x9E, 0xA3, 0xA8, 0xAA
  };

  @Property(tries = 3000)
  void anyBlockIsUnderstoodOrRefused(@ForAll @Size(min = 1, max = 16) byte[] block) {
    check(block, 512);
    byte[] known = block.clone();
    known[0] = (byte) OPCODES[Math.floorMod(known[0], OPCODES.length)];
    check(known, 4096);
    if (known.length > 9) {
      // Small numbers, so that some ranges lie on the disk.
      Arrays.fill(known, 1, known.length - 1, (byte) 0);
      known[known.length - 2] = block[block.length - 2];
      check(known, 512);
    }
  }

  private static void check(byte[] block, int sector) {
    LogicalUnit unit = new LogicalUnit(new DiskShape(SIZE, sector, false, "x"));
    switch (unit.parse(Cdb.of(block))) {
      case Command.Read read ->
          inside(read.offset(), read.length(), sector, DiskShape.MAX_TRANSFER);
      case Command.Write write ->
          inside(write.offset(), write.length(), sector, DiskShape.MAX_TRANSFER);
      case Command.WriteSame same -> inside(same.offset(), same.length(), sector, SIZE);
      case Command.Unmap unmap -> assertThat(unmap.length()).isBetween(1, 0xFFFF);
      case Command.ModeSelect select -> assertThat(select.length()).isBetween(0, 0xFFFF);
      case Command.Answer answer -> assertThat(answer.bytes().length).isLessThanOrEqualTo(256);
      case Command.Refused refused -> assertThat(refused.sense().bytes().length).isBetween(8, 96);
      case Command.Done _, Command.Flush _ -> {}
    }
  }

  private static void inside(long offset, long length, int sector, long most) {
    assertThat(offset).isNotNegative();
    assertThat(length).isBetween(0L, most);
    assertThat(offset + length).isLessThanOrEqualTo(SIZE);
    assertThat(offset % sector + length % sector).isZero();
  }

  @Property(tries = 300)
  void anyUnmapListIsUnderstoodOrRefused(@ForAll long seed) {
    SplitRandom.run(
        seed,
        random -> {
          byte[] list = SplitRandom.bytes(random, random.nextInt(400));
          if (list.length > 8) {
            list[2] = 0;
            list[3] = (byte) (list.length - 8);
            for (int at = 8; at + 12 <= list.length; at += 16) {
              Arrays.fill(list, at, at + 6, (byte) 0);
              Arrays.fill(list, at + 8, at + 11, (byte) 0);
            }
          }
          new LogicalUnit(new DiskShape(SIZE, 512, false, "x"))
              .unmapList(list)
              .ranges()
              .forEach(range -> inside(range.offset(), range.length(), 512, SIZE));
        });
  }
}
