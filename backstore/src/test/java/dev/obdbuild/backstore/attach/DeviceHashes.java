package dev.obdbuild.backstore.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Compares what a device node shows with what the original's device showed. */
final class DeviceHashes {
  private static final int BLOCK = 4096;
  private static final int STEP = 1 << 20;
  private static final byte[] ZEROS = new byte[BLOCK];

  private DeviceHashes() {}

  /**
   * @param view a view file of the fixtures
   */
  static void check(Path view, Path node) throws IOException {
    JsonReader wanted =
        JsonReader.parse(
            Files.readString(view)
                .replaceAll("(?s),\\s*\"samples\".*", "}")
                .getBytes(StandardCharsets.UTF_8),
            view.toString());
    assertThat(nonZero(node, wanted.integer("virtual_size", 0)))
        .isEqualTo(wanted.string("nonzero_4k_sha256"));
  }

  /** Hash over offset and content of every block of 4 KiB that is not all zeros. */
  static String nonZero(Path node, long size) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(node, StandardOpenOption.READ)) {
      assertThat(channel.size()).isEqualTo(size);
      ByteBuffer step = ByteBuffer.allocate(STEP);
      for (long at = 0; at < size; at += STEP) {
        step.clear();
        while (step.hasRemaining() && channel.read(step, at + step.position()) >= 0) {}
        for (int in = 0; in < step.position(); in += BLOCK) {
          if (!Arrays.equals(step.array(), in, in + BLOCK, ZEROS, 0, BLOCK)) {
            digest.update(number.putLong(0, at + in).rewind());
            digest.update(step.array(), in, BLOCK);
          }
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
