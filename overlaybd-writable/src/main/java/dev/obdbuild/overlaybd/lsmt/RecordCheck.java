package dev.obdbuild.overlaybd.lsmt;

/** The range rules that every stored record obeys. */
final class RecordCheck {
  private RecordCheck() {}

  /**
   * Says what is wrong with a record whose data must lie in file sectors [begin, end), or nothing.
   */
  static String problem(long first, long second, long begin, long end) {
    int length = Records.length(first);
    long at = Records.fileSector(second);
    if (length == 0) {
      return "length is 0 (words " + Long.toHexString(first) + " " + Long.toHexString(second) + ")";
    }
    if (Records.zeroed(second)) {
      return at >= begin && at <= end
          ? ""
          : "zeroed, at file sector " + at + " outside " + begin + ".." + end;
    }
    if (at < begin || at >= end || length > end - at) {
      return "data at file sectors " + at + "+" + length + " is outside " + begin + ".." + end;
    }
    return "";
  }
}
