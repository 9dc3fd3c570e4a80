package dev.obdbuild.builder.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a secret's value comes from.
 *
 * @param id the name that {@code RUN --mount=type=secret,id=} uses
 * @param source a file or a variable of the environment
 */
public record SecretSpec(String id, Source source) {

  /** The place of a secret's value. */
  public sealed interface Source {}

  /** A file, relative to the working directory. */
  public record FromFile(String path) implements Source {}

  /** A variable of this process's environment. */
  public record FromEnv(String name) implements Source {}

  /** Whichever there is: a variable of that name, else a file of that name. */
  public record FromEither(String name) implements Source {}

  /**
   * Reads {@code id=NAME[,src=PATH|env=VARIABLE]} as Docker does.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  public static SecretSpec parse(String text) {
    Map<String, String> fields = fields(text);
    String id = fields.getOrDefault("id", "");
    String type = fields.getOrDefault("type", "");
    String src = fields.getOrDefault("src", "");
    String env = fields.getOrDefault("env", "");
    if (type.equals("env") && env.isEmpty() && !src.isEmpty()) {
      env = src;
      src = "";
    }
    if (id.isEmpty() && !src.isEmpty()) {
      id = src.substring(src.lastIndexOf('/') + 1);
    }
    if (id.isEmpty()) {
      throw new IllegalArgumentException("--secret " + text + ": id is missing");
    }
    if (!src.isEmpty() && !env.isEmpty()) {
      throw new IllegalArgumentException("--secret " + text + ": src and env exclude each other");
    }
    if (!env.isEmpty()) {
      return new SecretSpec(id, new FromEnv(env));
    }
    if (!src.isEmpty()) {
      return new SecretSpec(id, new FromFile(src));
    }
    return new SecretSpec(
        id,
        switch (type) {
          case "file" -> new FromFile(id);
          case "env" -> new FromEnv(id);
          default -> new FromEither(id);
        });
  }

  private static Map<String, String> fields(String text) {
    Map<String, String> out = new LinkedHashMap<>();
    for (String field : text.split(",", -1)) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(
            "--secret " + text + ": '" + field + "' is not key=value");
      }
      String key = field.substring(0, equals);
      String name = key.equals("source") ? "src" : key;
      switch (name) {
        case "id", "src", "env", "type" -> out.put(name, field.substring(equals + 1));
        default ->
            throw new IllegalArgumentException(
                "--secret " + text + ": unexpected key '" + key + "'");
      }
    }
    String type = out.getOrDefault("type", "file");
    if (!type.equals("file") && !type.equals("env")) {
      throw new IllegalArgumentException("--secret " + text + ": type must be file or env");
    }
    return out;
  }
}
