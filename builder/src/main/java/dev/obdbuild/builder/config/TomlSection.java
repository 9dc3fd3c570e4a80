package dev.obdbuild.builder.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One table of a configuration file, read key by key. A value of another type than asked for is an
 * error that names file, line and key; keys that nobody asked for are told by {@link #unknown}.
 */
final class TomlSection {

  private final Path file;
  private final String prefix;
  private final TomlTable table;
  private final Set<String> asked = new LinkedHashSet<>();
  private final List<TomlSection> sections = new ArrayList<>();

  private TomlSection(Path file, String prefix, TomlTable table) {
    this.file = file;
    this.prefix = prefix;
    this.table = table;
  }

  /**
   * The top of a file.
   *
   * @throws IOException when it cannot be read or is no TOML; names the line
   */
  static TomlSection read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("the configuration " + file + " is a folder");
    }
    byte[] bytes = Files.readAllBytes(file);
    return of(new String(bytes, StandardCharsets.UTF_8), file);
  }

  /** The same of its text. */
  static TomlSection of(String text, Path file) throws IOException {
    TomlParseResult parsed;
    try {
      parsed = Toml.parse(text);
    } catch (StackOverflowError e) {
      // The library reads what is nested by calling itself; nothing is left half done.
      throw new IOException(file + ": lists and tables are nested too deep", e);
    }
    if (parsed.hasErrors()) {
      TomlParseError first = parsed.errors().getFirst();
      throw new IOException(file + ":" + first.position().line() + ": " + first.getMessage());
    }
    return new TomlSection(file, "", parsed);
  }

  private @Nullable Object get(String key) {
    asked.add(key);
    return table.get(List.of(key));
  }

  /** An error about a key. */
  IOException wrong(String key, String problem) {
    return new IOException(where(key) + prefix + quoted(key) + ": " + problem);
  }

  private String where(String key) {
    TomlPosition position = table.inputPositionOf(List.of(key));
    return file + ":" + (position == null ? "" : position.line() + ":") + " ";
  }

  private static String quoted(String key) {
    return key.matches("[A-Za-z0-9_-]+") ? key : "\"" + key + "\"";
  }

  private IOException type(String key, String wanted, Object found) {
    String kind =
        switch (found) {
          case String text -> "the text \"" + text + "\"";
          case Long number -> "the number " + number;
          case Boolean truth -> truth.toString();
          case TomlArray list -> "a list";
          case TomlTable inner -> "a table";
          default -> found.toString();
        };
    return wrong(key, "must be " + wanted + ", not " + kind);
  }

  Optional<String> text(String key) throws IOException {
    Object value = get(key);
    if (value != null && !(value instanceof String)) {
      throw type(key, "a text", value);
    }
    return Optional.ofNullable((String) value);
  }

  Optional<Path> path(String key) throws IOException {
    Optional<String> text = text(key);
    return text.isPresent() ? Optional.of(path(key, text.get())) : Optional.empty();
  }

  /** A list of paths. */
  List<Path> paths(String key) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (String text : texts(key)) {
      paths.add(path(key, text));
    }
    return paths;
  }

  private Path path(String key, String text) throws IOException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw wrong(key, "must be a path: " + e.getReason());
    }
  }

  Optional<Boolean> flag(String key) throws IOException {
    Object value = get(key);
    if (value != null && !(value instanceof Boolean)) {
      throw type(key, "true or false", value);
    }
    return Optional.ofNullable((Boolean) value);
  }

  OptionalLong number(String key) throws IOException {
    return switch (get(key)) {
      case null -> OptionalLong.empty();
      case Long number -> OptionalLong.of(number);
      case Object other -> throw type(key, "a number", other);
    };
  }

  /** A size in bytes, as a number or as a text such as {@code 10GB}. */
  OptionalLong bytes(String key) throws IOException {
    return switch (get(key)) {
      case null -> OptionalLong.empty();
      case Long number -> OptionalLong.of(number);
      case String text -> {
        try {
          yield OptionalLong.of(ByteSize.parse(text));
        } catch (IllegalArgumentException e) {
          throw wrong(key, String.valueOf(e.getMessage()));
        }
      }
      case Object other -> throw type(key, "a size", other);
    };
  }

  /** A number or a text, as text: for sizes that may be shares of a disk. */
  Optional<String> sizeText(String key) throws IOException {
    return switch (get(key)) {
      case null -> Optional.empty();
      case Long number -> Optional.of(number.toString());
      case String text -> Optional.of(text);
      case Object other -> throw type(key, "a size", other);
    };
  }

  /** A time, as a number of seconds or as a text such as {@code 48h}. */
  Optional<Duration> duration(String key) throws IOException {
    return switch (get(key)) {
      case null -> Optional.empty();
      case Long seconds -> Optional.of(Duration.ofSeconds(seconds));
      case String text -> {
        try {
          yield Optional.of(Durations.parse(text));
        } catch (IllegalArgumentException e) {
          throw wrong(key, String.valueOf(e.getMessage()));
        }
      }
      case Object other -> throw type(key, "a time", other);
    };
  }

  List<String> texts(String key) throws IOException {
    Object value = get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof TomlArray array)) {
      throw type(key, "a list of texts", value);
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (!(array.get(i) instanceof String text)) {
        throw type(key, "a list of texts", array.get(i));
      }
      texts.add(text);
    }
    return List.copyOf(texts);
  }

  /** A table; an empty one where there is none. */
  TomlSection section(String key) throws IOException {
    return switch (get(key)) {
      case null -> new TomlSection(file, prefix + quoted(key) + ".", Toml.parse(""));
      case TomlTable inner -> add(new TomlSection(file, prefix + quoted(key) + ".", inner));
      case Object other -> throw type(key, "a table", other);
    };
  }

  /** A list of tables; empty where there is none. */
  List<TomlSection> sections(String key) throws IOException {
    Object value = get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof TomlArray array)
        || !(array.isEmpty() || array.get(0) instanceof TomlTable)) {
      throw type(key, "a list of tables", value);
    }
    List<TomlSection> all = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      all.add(add(new TomlSection(file, prefix + quoted(key) + ".", array.getTable(i))));
    }
    return all;
  }

  /** All keys and their texts, whatever the keys are. */
  Map<String, String> map() throws IOException {
    Map<String, String> map = new TreeMap<>();
    for (String key : table.keySet()) {
      map.put(key, text(key).orElse(""));
    }
    return map;
  }

  /** Says that a key is known and makes no difference. */
  void ignore(String key) {
    asked.add(key);
  }

  Set<String> keys() {
    return table.keySet();
  }

  private TomlSection add(TomlSection section) {
    sections.add(section);
    return section;
  }

  /** One warning for each key that nobody asked for, here and below. */
  List<String> unknown() {
    List<String> warnings = new ArrayList<>();
    for (String key : table.keySet()) {
      if (!asked.contains(key)) {
        warnings.add(where(key) + "unknown key " + prefix + quoted(key));
      }
    }
    sections.forEach(section -> warnings.addAll(section.unknown()));
    return warnings;
  }
}
