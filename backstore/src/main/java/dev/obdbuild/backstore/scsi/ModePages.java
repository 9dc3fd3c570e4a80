package dev.obdbuild.backstore.scsi;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * MODE SENSE and MODE SELECT: caching (08: there is a write cache) and control (0a). No field can
 * be changed.
 */
public final class ModePages {
  private static final int CACHING = 0x08;
  private static final int CONTROL = 0x0A;
  private static final int ALL = 0x3F;
  private static final int ALL_SUBPAGES = 0xFF;
  private static final int CHANGEABLE = 1;
  private static final int SAVED = 3;
  private static final int WRITE_CACHE = 4;
  private static final int WRITE_PROTECTED = 0x80;

  private ModePages() {}

  /**
   * @param header 4 bytes in front of the pages for MODE SENSE(6), 8 for (10)
   */
  static Command sense(Cdb cdb, int header, boolean readOnly) {
    int page = cdb.u8(2) & 0x3F;
    int control = cdb.u8(2) >> 6;
    int subpage = cdb.u8(3);
    if (control == SAVED) {
      return new Command.Refused(Sense.noSavedPages());
    }
    boolean known = page == ALL || page == CACHING || page == CONTROL;
    if (!known || (subpage != 0 && !(page == ALL && subpage == ALL_SUBPAGES))) {
      return new Command.Refused(Sense.invalidField());
    }
    ByteBuffer answer = ByteBuffer.allocate(header + 20 + 12).position(header);
    for (int code : new int[] {CACHING, CONTROL}) {
      if (page == ALL || page == code) {
        byte[] body = page(code);
        if (control == CHANGEABLE) {
          Arrays.fill(body, 2, body.length, (byte) 0);
        }
        answer.put(body);
      }
    }
    int length = answer.position();
    int properties = readOnly ? WRITE_PROTECTED : 0;
    if (header == 4) {
      answer.put(0, (byte) (length - 1)).put(2, (byte) properties);
    } else {
      answer.putShort(0, (short) (length - 2)).put(3, (byte) properties);
    }
    return new Command.Answer(Arrays.copyOf(answer.array(), length));
  }

  private static byte[] page(int code) {
    if (code == CACHING) {
      return ByteBuffer.allocate(20)
          .put((byte) CACHING)
          .put((byte) 18)
          .put((byte) WRITE_CACHE)
          .array();
    }
    return ByteBuffer.allocate(12).put((byte) CONTROL).put((byte) 10).array();
  }

  /**
   * Judges a list of MODE SELECT: pages that say what is so already are accepted.
   *
   * @return why the list is refused
   */
  public static Optional<Sense> select(byte[] list, int header) {
    if (list.length == 0) {
      return Optional.empty();
    }
    if (list.length < header) {
      return Optional.of(Sense.parameterLength());
    }
    int descriptors = header == 4 ? list[3] & 0xFF : (list[6] & 0xFF) << 8 | (list[7] & 0xFF);
    int at = header + descriptors;
    while (at < list.length) {
      if (list.length - at < 2 || list.length - at < 2 + (list[at + 1] & 0xFF)) {
        return Optional.of(Sense.parameterLength());
      }
      int code = list[at] & 0x3F;
      int end = at + 2 + (list[at + 1] & 0xFF);
      byte[] given = Arrays.copyOfRange(list, at, end);
      given[0] &= 0x3F; // "can be saved" is nobody's to say
      if ((code != CACHING && code != CONTROL) || !Arrays.equals(given, page(code))) {
        return Optional.of(Sense.invalidParameter());
      }
      at = end;
    }
    return Optional.empty();
  }
}
