package dev.obdbuild.linux.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A netlink request being written: a header of 16 bytes (length, type, flags, sequence, sender), a
 * fixed part, and attributes (length, type, value, padded to four bytes), which may hold others.
 */
final class Message {
  static final int HEADER = 16;

  private static final int REQUEST = 1;
  private static final int ACKNOWLEDGE = 4;
  private static final int LIMIT = 1024;

  private final ByteBuffer bytes = ByteBuffer.allocate(LIMIT).order(ByteOrder.nativeOrder());

  Message(int type, int flags) {
    bytes.putInt(0).putShort((short) type).putShort((short) (REQUEST | ACKNOWLEDGE | flags));
    bytes.putInt(1).putInt(0);
  }

  /** The fixed part of a request on an interface. */
  Message link(int index, int flags, int change) {
    bytes.putInt(0).putInt(index).putInt(flags).putInt(change);
    return this;
  }

  Message bytes(int... values) {
    for (int value : values) {
      bytes.put((byte) value);
    }
    return this;
  }

  Message number(int value) {
    bytes.putInt(value);
    return this;
  }

  Message attribute(int type, byte[] value) {
    bytes.putShort((short) (4 + value.length)).putShort((short) type).put(value);
    return pad();
  }

  Message attribute(int type, int value) {
    bytes.putShort((short) 8).putShort((short) type).putInt(value);
    return this;
  }

  Message attribute(int type, String value) {
    return attribute(type, (value + "\0").getBytes(StandardCharsets.US_ASCII));
  }

  /** Begins an attribute that holds others. @return to be handed to {@link #end} */
  int begin(int type) {
    int at = bytes.position();
    bytes.putShort((short) 0).putShort((short) type);
    return at;
  }

  Message end(int begun) {
    bytes.putShort(begun, (short) (bytes.position() - begun));
    return pad();
  }

  private Message pad() {
    while (bytes.position() % 4 != 0) {
      bytes.put((byte) 0);
    }
    return this;
  }

  byte[] done() {
    bytes.putInt(0, bytes.position());
    return Arrays.copyOf(bytes.array(), bytes.position());
  }
}
