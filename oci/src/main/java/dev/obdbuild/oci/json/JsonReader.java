package dev.obdbuild.oci.json;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One JSON object of a document from outside, read key by key. An absent key and {@code null} are
 * the same and give the empty value; a value of another type than asked for is an error that names
 * document and path. Remembers which keys were asked for, so that {@link #others} can hand back the
 * rest. Not thread-safe.
 */
public final class JsonReader {
  /**
   * Largest document accepted, in bytes: the limit that registries themselves set for manifests.
   */
  public static final int MAX_BYTES = 4 << 20;

  private static final int MAX_DEPTH = 64;
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_BYTES)
                          .maxNameLength(1 << 16)
                          .maxNumberLength(100)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final JsonNode node;
  private final String document;
  private final String path;
  private final Set<String> asked = new HashSet<>();

  private JsonReader(JsonNode node, String document, String path) {
    this.node = node;
    this.document = document;
    this.path = path;
  }

  /**
   * The object that {@code body} holds.
   *
   * @param document names the source in errors: a digest, a URL or a path
   * @throws MalformedDocumentException if it is larger than {@link #MAX_BYTES}, nested too deep, or
   *     not one JSON object
   */
  public static JsonReader parse(byte[] body, String document) throws MalformedDocumentException {
    return parse(body, document, MAX_BYTES);
  }

  /** The same with another limit, for documents that do not come from registries. */
  public static JsonReader parse(byte[] body, String document, int limit)
      throws MalformedDocumentException {
    if (body.length > limit) {
      throw new MalformedDocumentException(
          document,
          "JSON document of " + body.length + " bytes is larger than the limit of " + limit);
    }
    JsonNode node;
    try {
      node = MAPPER.readTree(body);
    } catch (JacksonException e) {
      throw new MalformedDocumentException(document, "not JSON: " + problem(e) + at(e), e);
    }
    if (!node.isObject()) {
      throw new MalformedDocumentException(
          document, "a JSON object was expected, found " + kind(node));
    }
    return new JsonReader(node, document, "");
  }

  /** Without the places inside, which Jackson cannot tell of bytes. */
  private static String problem(JacksonException e) {
    return String.valueOf(e.getOriginalMessage()).replaceAll(" ?\\([^()]*at \\[Source: .*", "");
  }

  private static String at(JacksonException e) {
    var location = e.getLocation();
    return location == null
        ? ""
        : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  /** The string under {@code key}, or "" . */
  public String string(String key) throws MalformedDocumentException {
    return optionalString(key).orElse("");
  }

  /** The string under {@code key}, if there is one. */
  public Optional<String> optionalString(String key) throws MalformedDocumentException {
    JsonNode value = value(key);
    return value == null ? Optional.empty() : Optional.of(text(value, where(key)));
  }

  /** The string under {@code key}; its absence is an error. */
  public String requiredString(String key) throws MalformedDocumentException {
    String value = string(key);
    if (value.isEmpty()) {
      throw malformed(where(key) + " is missing");
    }
    return value;
  }

  /** The integer under {@code key}, or {@code otherwise}. */
  public long integer(String key, long otherwise) throws MalformedDocumentException {
    JsonNode value = value(key);
    if (value == null) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw malformed(where(key) + " should be an integer of 64 bits, is " + kind(value));
    }
    return value.longValue();
  }

  /** The boolean under {@code key}, or false. */
  public boolean bool(String key) throws MalformedDocumentException {
    JsonNode value = value(key);
    if (value == null) {
      return false;
    }
    if (!value.isBoolean()) {
      throw malformed(where(key) + " should be true or false, is " + kind(value));
    }
    return value.booleanValue();
  }

  /** The list of strings under {@code key}, or an empty list. */
  public List<String> strings(String key) throws MalformedDocumentException {
    List<String> strings = new ArrayList<>();
    int i = 0;
    for (JsonNode value : array(key)) {
      strings.add(text(value, where(key) + "[" + i++ + "]"));
    }
    return List.copyOf(strings);
  }

  /** The object under {@code key}, if there is one. */
  public Optional<JsonReader> object(String key) throws MalformedDocumentException {
    JsonNode value = value(key);
    return value == null ? Optional.empty() : Optional.of(reader(value, where(key)));
  }

  /** The list of objects under {@code key}, or an empty list. */
  public List<JsonReader> objects(String key) throws MalformedDocumentException {
    List<JsonReader> objects = new ArrayList<>();
    int i = 0;
    for (JsonNode value : array(key)) {
      objects.add(reader(value, where(key) + "[" + i++ + "]"));
    }
    return objects;
  }

  /** The map from strings to strings under {@code key}, in the document's order. */
  public Map<String, String> stringMap(String key) throws MalformedDocumentException {
    Map<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : properties(key)) {
      map.put(entry.getKey(), text(entry.getValue(), where(key) + "." + entry.getKey()));
    }
    return map;
  }

  /** The objects under {@code key} by name, in the document's order. */
  public Map<String, JsonReader> objectMap(String key) throws MalformedDocumentException {
    Map<String, JsonReader> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : properties(key)) {
      map.put(entry.getKey(), reader(entry.getValue(), where(key) + "." + entry.getKey()));
    }
    return map;
  }

  /** The names under {@code key}, an object whose values do not matter (a set, as Go writes it). */
  public List<String> names(String key) throws MalformedDocumentException {
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : properties(key)) {
      names.add(entry.getKey());
    }
    return names;
  }

  /** Whether {@code key} is there and not null. */
  public boolean has(String key) {
    return value(key) != null;
  }

  /** Every key that no other method was asked for, with its value as compact JSON text. */
  public Map<String, String> others() {
    Map<String, String> others = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!asked.contains(entry.getKey())) {
        others.put(entry.getKey(), entry.getValue().toString());
      }
    }
    return others;
  }

  /** An error about this document. */
  public MalformedDocumentException malformed(String problem) {
    return new MalformedDocumentException(document, problem);
  }

  /** The path of {@code key} in the document, for errors. */
  public String where(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private @Nullable JsonNode value(String key) {
    asked.add(key);
    JsonNode value = node.get(key);
    return value == null || value.isNull() ? null : value;
  }

  private Iterable<JsonNode> array(String key) throws MalformedDocumentException {
    JsonNode value = value(key);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw malformed(where(key) + " should be a list, is " + kind(value));
    }
    return value;
  }

  private Set<Map.Entry<String, JsonNode>> properties(String key)
      throws MalformedDocumentException {
    JsonNode value = value(key);
    if (value == null) {
      return Set.of();
    }
    if (!value.isObject()) {
      throw malformed(where(key) + " should be an object, is " + kind(value));
    }
    return value.properties();
  }

  private JsonReader reader(JsonNode value, String where) throws MalformedDocumentException {
    if (!value.isObject()) {
      throw malformed(where + " should be an object, is " + kind(value));
    }
    return new JsonReader(value, document, where);
  }

  private String text(JsonNode value, String where) throws MalformedDocumentException {
    if (!value.isString()) {
      throw malformed(where + " should be a string, is " + kind(value));
    }
    return value.stringValue();
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case STRING -> "a string";
      case NUMBER -> "the number " + node;
      case BOOLEAN -> node.toString();
      case NULL -> "null";
      case MISSING -> "nothing";
      case BINARY, POJO -> "binary";
    };
  }
}
