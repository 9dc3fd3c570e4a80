package dev.obdbuild.overlaybd.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.lsmt.ExtentVisitor;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import tools.jackson.databind.JsonNode;

/** Compares what a device shows with what the original showed. */
final class DeviceView {
  private static final int BLOCK = 4096;
  private static final int STEP = 1 << 20;
  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[STEP]);

  private DeviceView() {}

  /**
   * The whole device is read when it is small; else the blocks that hold data and all sample
   * places.
   */
  static void check(JsonNode view, BlockFile stack) throws IOException {
    assertThat(stack.size()).as("virtual size").isEqualTo(view.get("virtual_size").asLong());
    assertThat(nonZeroHash(stack))
        .as("all blocks that are not zero")
        .isEqualTo(view.get("nonzero_4k_sha256").asString());
    checkSamples(view, stack);
  }

  static void checkSamples(JsonNode view, BlockFile device) throws IOException {
    for (JsonNode sample : view.get("samples")) {
      byte[] bytes = new byte[sample.get(1).asInt()];
      device.read(sample.get(0).asLong(), MemorySegment.ofArray(bytes));
      CRC32C crc = new CRC32C();
      crc.update(bytes);
      assertThat(String.format("%08x", crc.getValue()))
          .as("sample at " + sample.get(0))
          .isEqualTo(sample.get(2).asString());
    }
  }

  /** Hash over offset and content of every 4 KiB block that is not all zeros. */
  static String nonZeroHash(BlockFile stack) throws IOException {
    MessageDigest digest = Fixtures.newSha256();
    MemorySegment step = MemorySegment.ofArray(new byte[STEP]);
    for (long at : steps(stack)) {
      long length = Math.min(STEP, stack.size() - at);
      MemorySegment part = step.asSlice(0, length);
      stack.read(at, part);
      for (long in = part.mismatch(ZEROS); in >= 0 && in < length; ) {
        long block = in / BLOCK * BLOCK;
        long size = Math.min(BLOCK, length - block);
        digest.update(
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(at + block).flip());
        digest.update(part.asSlice(block, size).asByteBuffer());
        long next = block + size;
        long more =
            next >= length
                ? -1
                : MemorySegment.mismatch(part, next, length, ZEROS, 0, length - next);
        in = more < 0 ? -1 : next + more;
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** All steps of a small device, of a large one those that some layer has. */
  private static TreeSet<Long> steps(BlockFile device) throws IOException {
    TreeSet<Long> steps = new TreeSet<>();
    if (!(device instanceof LayerStack stack) || device.size() <= 2L << 30) {
      for (long at = 0; at < device.size(); at += STEP) {
        steps.add(at);
      }
      return steps;
    }
    stack.visit(
        0,
        stack.size(),
        new ExtentVisitor() {
          @Override
          public void data(long offset, long length, Layer layer, long fileOffset) {
            for (long at = offset / STEP * STEP; at < offset + length; at += STEP) {
              steps.add(at);
            }
          }

          @Override
          public void zeros(long offset, long length) {}
        });
    return steps;
  }

  /** SHA-256 of the whole device. */
  static String wholeHash(BlockFile device) throws IOException {
    MessageDigest digest = Fixtures.newSha256();
    MemorySegment step = MemorySegment.ofArray(new byte[STEP]);
    for (long at = 0; at < device.size(); at += STEP) {
      MemorySegment part = step.asSlice(0, Math.min(STEP, device.size() - at));
      device.read(at, part);
      digest.update(part.asByteBuffer());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
