package dev.obdbuild.oci.json;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Writes one JSON object, keys in the order of the calls. Empty values are left out, as Go's {@code
 * omitempty} does; maps and sets are sorted by key; {@code < > &} are escaped, as Go's encoder
 * does. Compact. Not thread-safe.
 */
public final class JsonWriter {
  private final StringBuilder out = new StringBuilder("{");
  private boolean first = true;

  /** An object without keys yet. */
  public JsonWriter() {}

  /** {@code value} as JSON text. */
  public static String text(String value) {
    StringBuilder out = new StringBuilder();
    quote(value, out);
    return out.toString();
  }

  /** A list of objects as JSON text. */
  public static String list(Collection<JsonWriter> objects) {
    return "[" + objects.stream().map(JsonWriter::toString).collect(Collectors.joining(",")) + "]";
  }

  /** A list of strings as JSON text. */
  public static String textList(Collection<String> values) {
    return "[" + values.stream().map(JsonWriter::text).collect(Collectors.joining(",")) + "]";
  }

  /** Writes {@code value}, unless it is empty. */
  public JsonWriter string(String key, String value) {
    return value.isEmpty() ? this : always(key, value);
  }

  /** Writes {@code value}, even if it is empty. */
  public JsonWriter always(String key, String value) {
    key(key);
    quote(value, out);
    return this;
  }

  /** Writes {@code value}, unless it is 0. */
  public JsonWriter integer(String key, long value) {
    return value == 0 ? this : alwaysInteger(key, value);
  }

  /** Writes {@code value}, even if it is 0. */
  public JsonWriter alwaysInteger(String key, long value) {
    key(key);
    out.append(value);
    return this;
  }

  /** Writes {@code true}; false is left out. */
  public JsonWriter bool(String key, boolean value) {
    return value ? raw(key, "true") : this;
  }

  /** Writes a list of strings, unless it is empty. */
  public JsonWriter strings(String key, Collection<String> values) {
    return values.isEmpty() ? this : alwaysStrings(key, values);
  }

  /** Writes a list of strings, even if it is empty. */
  public JsonWriter alwaysStrings(String key, Collection<String> values) {
    return raw(key, textList(values));
  }

  /** Writes a set as an object with empty values, unless it is empty. */
  public JsonWriter set(String key, Collection<String> names) {
    if (names.isEmpty()) {
      return this;
    }
    JsonWriter set = new JsonWriter();
    new TreeSet<>(names).forEach(name -> set.raw(name, "{}"));
    return raw(key, set.toString());
  }

  /** Writes a map, unless it is empty. */
  public JsonWriter map(String key, Map<String, String> values) {
    if (values.isEmpty()) {
      return this;
    }
    JsonWriter map = new JsonWriter();
    new TreeMap<>(values).forEach(map::always);
    return raw(key, map.toString());
  }

  /** Writes an object, even if it has no keys. */
  public JsonWriter object(String key, JsonWriter value) {
    return raw(key, value.toString());
  }

  /** Writes a list of objects, even if it is empty. */
  public JsonWriter objects(String key, Collection<JsonWriter> values) {
    return raw(key, list(values));
  }

  /** Writes {@code json}, which is JSON text already. */
  public JsonWriter raw(String key, String json) {
    key(key);
    out.append(json);
    return this;
  }

  /** The bytes of the object, UTF-8. */
  public byte[] toBytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The text of the object. */
  @Override
  public String toString() {
    return out + "}";
  }

  private void key(String key) {
    if (!first) {
      out.append(',');
    }
    first = false;
    quote(key, out);
    out.append(':');
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '<', '>', '&', '\u2028', '\u2029' -> out.append(String.format("\\u%04x", (int) c));
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
