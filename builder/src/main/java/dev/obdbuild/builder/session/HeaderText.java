package dev.obdbuild.builder.session;

import io.grpc.Metadata;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Any text in headers, which are ASCII: where a value of a key is not, all values of the key are
 * written as in a URL's query, and a second key says so.
 */
public final class HeaderText {
  private HeaderText() {}

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** Adds values in order. */
  public static void put(Metadata headers, String name, List<String> values) {
    boolean encoded = !values.stream().allMatch(HeaderText::isPlain);
    for (String value : values) {
      headers.put(key(name), encoded ? URLEncoder.encode(value, StandardCharsets.UTF_8) : value);
    }
    if (encoded) {
      headers.put(key(name + "-encoded"), "1");
    }
  }

  private static boolean isPlain(String value) {
    return value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  /**
   * The values of a key in order.
   *
   * @throws IllegalArgumentException when one is said to be encoded and is not
   */
  public static List<String> all(Metadata headers, String name) {
    Iterable<String> values = headers.getAll(key(name));
    List<String> all = new ArrayList<>();
    if (values != null) {
      String flag = headers.get(key(name + "-encoded"));
      boolean encoded = flag != null && (flag.equals("1") || flag.equalsIgnoreCase("true"));
      values.forEach(
          value -> all.add(encoded ? URLDecoder.decode(value, StandardCharsets.UTF_8) : value));
    }
    return all;
  }
}
