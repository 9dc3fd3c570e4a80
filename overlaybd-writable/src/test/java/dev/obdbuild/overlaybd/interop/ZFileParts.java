package dev.obdbuild.overlaybd.interop;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A bare ZFile taken apart by its trailer, without our reader: hex of what must be equal, and of
 * each stored block.
 */
record ZFileParts(String fixedFields, List<String> blocks, boolean checksum) {

  static ZFileParts of(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int trailer = file.length - 512;
    int index = (int) in.getLong(trailer + 40);
    List<String> blocks = new ArrayList<>();
    int at = 512;
    for (int i = 0; i < in.getLong(trailer + 48); i++) {
      int length = in.getInt(index + 4 * i);
      blocks.add(HexFormat.of().formatHex(file, at, at + length));
      at += length;
    }
    return new ZFileParts(fixed(file, 0) + fixed(file, trailer), blocks, file[trailer + 88] == 1);
  }

  /** All of a header but digest, index offset and index checksum. */
  private static String fixed(byte[] file, int at) {
    byte[] header = Arrays.copyOfRange(file, at, at + 512);
    Arrays.fill(header, 28, 32, (byte) 0);
    Arrays.fill(header, 40, 48, (byte) 0);
    Arrays.fill(header, 64, 68, (byte) 0);
    return HexFormat.of().formatHex(header);
  }

  /** A stored block without its checksum. */
  String compressed(int block) {
    String hex = blocks.get(block);
    return checksum ? hex.substring(0, hex.length() - 8) : hex;
  }
}
