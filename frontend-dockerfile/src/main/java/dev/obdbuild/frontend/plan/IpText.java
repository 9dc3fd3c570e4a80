package dev.obdbuild.frontend.plan;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Addresses as text. Names are never looked up. */
final class IpText {
  private IpText() {}

  /** The usual spelling of an address: dotted, or with the longest run of zeros left out. */
  static Optional<String> canonical(String text) {
    if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*")) {
      return Optional.empty();
    }
    try {
      InetAddress address = InetAddress.ofLiteral(text);
      return Optional.of(
          address instanceof Inet4Address v4
              ? v4.getHostAddress()
              : compressed(address.getAddress()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String compressed(byte[] bytes) {
    List<Integer> groups = new ArrayList<>();
    for (int i = 0; i < bytes.length; i += 2) {
      groups.add((bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff);
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < groups.size(); i++) {
      int end = i;
      while (end < groups.size() && groups.get(end) == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    if (start < 0) {
      return hex(groups);
    }
    return hex(groups.subList(0, start))
        + "::"
        + hex(groups.subList(start + length, groups.size()));
  }

  private static String hex(List<Integer> groups) {
    return String.join(":", groups.stream().map(Integer::toHexString).toList());
  }
}
