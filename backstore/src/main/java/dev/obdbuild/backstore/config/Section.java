package dev.obdbuild.backstore.config;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One object of a configuration file; its errors name the key. */
record Section(JsonReader json) {
  private static final int MAX_TEXT = 4096;

  private static Section empty(JsonReader parent, String key) throws MalformedDocumentException {
    return new Section(
        JsonReader.parse("{}".getBytes(StandardCharsets.US_ASCII), parent.where(key)));
  }

  /** The object under a key; an empty one where there is none. */
  Section section(String key) throws MalformedDocumentException {
    Optional<JsonReader> there = json.object(key);
    return there.isPresent() ? new Section(there.get()) : empty(json, key);
  }

  List<Section> sections(String key) throws MalformedDocumentException {
    return json.objects(key).stream().map(Section::new).toList();
  }

  boolean has(String key) {
    return json.has(key);
  }

  boolean flag(String key, boolean otherwise) throws MalformedDocumentException {
    return json.has(key) ? json.bool(key) : otherwise;
  }

  /** A whole number, also one written as text, as some writers of these files do. */
  long number(String key, long otherwise, long least, long most) throws MalformedDocumentException {
    long value = isText(key) ? parsed(key) : json.integer(key, otherwise);
    if (value < least || value > most) {
      throw wrong(key, "must be between " + least + " and " + most + ", is " + value);
    }
    return value;
  }

  private boolean isText(String key) {
    try {
      return json.has(key) && !json.string(key).isEmpty();
    } catch (MalformedDocumentException e) {
      // Of another type: what asks for that type tells.
      return false;
    }
  }

  private long parsed(String key) throws MalformedDocumentException {
    String text = json.string(key);
    if (!text.matches("[0-9]{1,18}")) {
      throw wrong(key, "should be a number, is '" + shown(text) + "'");
    }
    return Long.parseLong(text);
  }

  /** A text; empty where there is none. */
  String text(String key) throws MalformedDocumentException {
    String text = json.string(key);
    if (text.length() > MAX_TEXT) {
      throw wrong(key, "is " + text.length() + " characters long, at most " + MAX_TEXT);
    }
    return text;
  }

  /** A text made into something; nothing where it is empty. */
  <T> Optional<T> parsed(String key, Function<String, T> parser) throws MalformedDocumentException {
    String text = text(key);
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(parser.apply(text));
    } catch (IllegalArgumentException e) {
      throw wrong(key, String.valueOf(e.getMessage()));
    }
  }

  Optional<Path> path(String key) throws MalformedDocumentException {
    return parsed(key, Path::of);
  }

  private static String shown(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "..." : text;
  }

  MalformedDocumentException wrong(String key, String problem) {
    return json.malformed(json.where(key) + " " + problem);
  }
}
