package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Suggestion;
import dev.obdbuild.frontend.parse.MountSpec.Sharing;
import dev.obdbuild.frontend.parse.MountSpec.Type;
import dev.obdbuild.oci.json.GoQuote;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Collects the options of one mount. */
final class MountSpecParser {
  private static final List<String> KEYS =
      List.of(
          "type",
          "from",
          "source",
          "target",
          "readonly",
          "id",
          "sharing",
          "required",
          "size",
          "mode",
          "uid",
          "gid",
          "src",
          "dst",
          "destination",
          "ro",
          "rw",
          "readwrite",
          "env");

  private Type type = Type.BIND;
  private String from = "";
  private String source = "";
  private String target = "";
  private Optional<Boolean> readOnly = Optional.empty();
  private long size;
  private String id = "";
  private Optional<Sharing> sharing = Optional.empty();
  private boolean required;
  private Optional<Integer> mode = Optional.empty();
  private Optional<Integer> uid = Optional.empty();
  private Optional<Integer> gid = Optional.empty();
  private Optional<String> env = Optional.empty();

  /** An option without a value. */
  void word(String field, String key) throws DockerfileException {
    switch (key) {
      case "readonly", "ro" -> readOnly = Optional.of(true);
      case "readwrite", "rw" -> readOnly = Optional.of(false);
      case "required" -> {
        requireType(key, Type.SECRET, Type.SSH);
        required = true;
      }
      default ->
          throw new DockerfileException("invalid field '" + field + "' must be a key=value pair");
    }
  }

  void option(String field, String key, String value) throws DockerfileException {
    switch (key) {
      case "type" -> type = type(value);
      case "from" -> from = value;
      case "source", "src" -> source = value;
      case "target", "dst", "destination" -> target = value;
      case "readonly", "ro" -> readOnly = Optional.of(bool(key, value));
      case "readwrite", "rw" -> readOnly = Optional.of(!bool(key, value));
      case "required" -> {
        requireType(key, Type.SECRET, Type.SSH);
        required = bool(key, value);
      }
      case "size" -> {
        requireType(key, Type.TMPFS, Type.TMPFS);
        size = bytes(key, value);
      }
      case "id" -> id = value;
      case "sharing" -> sharing = Optional.of(sharing(value));
      case "mode" -> mode = Optional.of(number(value, 8, key));
      case "uid" -> uid = Optional.of(number(value, 10, key));
      case "gid" -> gid = Optional.of(number(value, 10, key));
      case "env" -> env = Optional.of(value);
      default ->
          throw new DockerfileException(
              Suggestion.append(
                  "unexpected key '" + key + "' in '" + field + "'", key, KEYS, true));
    }
  }

  MountSpec finish() throws DockerfileException {
    if (type == Type.BIND || type == Type.TMPFS) {
      refuse("mode", mode.isPresent());
      refuse("uid", uid.isPresent());
      refuse("gid", gid.isPresent());
    }
    if (type == Type.SECRET) {
      checkSecret();
    }
    if (type == Type.SSH && !source.isEmpty()) {
      throw new DockerfileException("ssh does not support source");
    }
    if (sharing.isPresent() && type != Type.CACHE) {
      throw new DockerfileException("invalid cache sharing set for " + type.word() + " mount");
    }
    boolean writable = type == Type.CACHE || type == Type.TMPFS;
    return new MountSpec(
        type,
        from,
        source,
        target,
        readOnly.orElse(!writable),
        size,
        id,
        sharing,
        required,
        mode,
        uid,
        gid,
        env);
  }

  private void checkSecret() throws DockerfileException {
    if (!from.isEmpty()) {
      throw new DockerfileException("secret mount should not have a from");
    }
    if (sharing.isPresent()) {
      throw new DockerfileException("secret mount should not define sharing");
    }
    if (source.isEmpty() && target.isEmpty() && id.isEmpty()) {
      throw new DockerfileException("invalid secret mount. one of source, target required");
    }
    if (!source.isEmpty() && !id.isEmpty()) {
      throw new DockerfileException("both source and id can't be set");
    }
  }

  private void refuse(String key, boolean given) throws DockerfileException {
    if (given) {
      throw new DockerfileException(
          key + " not allowed for " + GoQuote.quote(type.word()) + " type mounts");
    }
  }

  private void requireType(String key, Type one, Type other) throws DockerfileException {
    if (type != one && type != other) {
      throw new DockerfileException(
          "unexpected key '" + key + "' for mount type '" + type.word() + "'");
    }
  }

  private static Type type(String value) throws DockerfileException {
    String lower = value.toLowerCase(Locale.ROOT);
    if (!Type.words().contains(lower)) {
      throw MountSpec.unsupported("mount type", value, Type.words());
    }
    return Type.valueOf(lower.toUpperCase(Locale.ROOT));
  }

  private static Sharing sharing(String value) throws DockerfileException {
    String lower = value.toLowerCase(Locale.ROOT);
    if (!Sharing.words().contains(lower)) {
      throw MountSpec.unsupported("sharing value", value, Sharing.words());
    }
    return Sharing.valueOf(lower.toUpperCase(Locale.ROOT));
  }

  private static boolean bool(String key, String value) throws DockerfileException {
    return GoBool.parse(value)
        .orElseThrow(() -> new DockerfileException("invalid value for " + key + ": " + value));
  }

  private static long bytes(String key, String value) throws DockerfileException {
    return ByteSize.parse(value)
        .orElseThrow(() -> new DockerfileException("invalid value for " + key + ": " + value));
  }

  private static int number(String value, int radix, String key) throws DockerfileException {
    try {
      return Integer.parseUnsignedInt(value, radix);
    } catch (NumberFormatException e) {
      throw DockerfileException.of("invalid value " + value + " for " + key, e);
    }
  }
}
