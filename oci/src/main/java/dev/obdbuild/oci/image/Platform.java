package dev.obdbuild.oci.image;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What an image runs on, printed {@code os/architecture[/variant]}. An empty variant is no variant.
 */
public record Platform(
    String os,
    String architecture,
    Optional<String> variant,
    String osVersion,
    List<String> osFeatures) {
  private static final String COMPONENT = "[A-Za-z0-9_.-]+";
  private static final Set<String> SYSTEMS =
      Set.of(
          "aix",
          "android",
          "darwin",
          "dragonfly",
          "freebsd",
          "hurd",
          "illumos",
          "ios",
          "js",
          "linux",
          "nacl",
          "netbsd",
          "openbsd",
          "plan9",
          "solaris",
          "wasip1",
          "windows",
          "zos");
  private static final Set<String> ARCHITECTURES =
      Set.of(
          "386",
          "amd64",
          "amd64p32",
          "arm",
          "armbe",
          "arm64",
          "arm64be",
          "ppc64",
          "ppc64le",
          "loong64",
          "mips",
          "mipsle",
          "mips64",
          "mips64le",
          "mips64p32",
          "mips64p32le",
          "ppc",
          "riscv",
          "riscv64",
          "s390",
          "s390x",
          "sparc",
          "sparc64",
          "wasm");

  public Platform {
    osFeatures = List.copyOf(osFeatures);
  }

  /** A platform without variant. */
  public Platform(String os, String architecture) {
    this(os, architecture, Optional.empty(), "", List.of());
  }

  /**
   * The normalised platform that {@code text} spells: {@code os}, {@code architecture}, {@code
   * os/architecture} or {@code os/architecture/variant}; what is missing comes from this machine.
   *
   * @throws IllegalArgumentException if it spells none
   */
  public static Platform parse(String text) {
    String[] parts = text.split("/", -1);
    for (String part : parts) {
      if (!part.matches(COMPONENT)) {
        throw new IllegalArgumentException(
            "\""
                + part
                + "\" is an invalid component of \""
                + text
                + "\": platform specifier component must match \"^"
                + COMPONENT
                + "$\": invalid argument");
      }
    }
    return switch (parts.length) {
      case 1 -> ofOne(text);
      case 2 -> new Platform(parts[0], parts[1]).normalised();
      case 3 -> new Platform(parts[0], parts[1], Optional.of(parts[2]), "", List.of()).normalised();
      default ->
          throw new IllegalArgumentException(
              "\"" + text + "\": cannot parse platform specifier: invalid argument");
    };
  }

  private static Platform ofOne(String text) {
    Platform host = host();
    String os = normalOs(text);
    if (SYSTEMS.contains(os)) {
      return new Platform(os, host.architecture, host.variant, "", List.of());
    }
    Platform platform = new Platform(host.os, text).normalised();
    if (!ARCHITECTURES.contains(platform.architecture)) {
      throw new IllegalArgumentException(
          "\"" + text + "\": unknown operating system or architecture: invalid argument");
    }
    return platform;
  }

  /** The platform of this machine. */
  public static Platform host() {
    return new Platform("linux", System.getProperty("os.arch", "amd64")).normalised();
  }

  /**
   * The same platform with the usual names: {@code x86_64} is {@code amd64}, {@code arm64/v8} is
   * {@code arm64}.
   */
  public Platform normalised() {
    String arch = architecture.toLowerCase(Locale.ROOT);
    String kind = variant.orElse("").toLowerCase(Locale.ROOT);
    switch (arch) {
      case "i386" -> {
        arch = "386";
        kind = "";
      }
      case "x86_64", "x86-64", "amd64" -> {
        arch = "amd64";
        kind = kind.equals("v1") ? "" : kind;
      }
      case "aarch64", "arm64" -> {
        arch = "arm64";
        kind = kind.equals("8") || kind.equals("v8") ? "" : kind;
      }
      case "armhf" -> {
        arch = "arm";
        kind = "v7";
      }
      case "armel" -> {
        arch = "arm";
        kind = "v6";
      }
      case "arm" ->
          kind =
              switch (kind) {
                case "", "7" -> "v7";
                case "5", "6", "8" -> "v" + kind;
                default -> kind;
              };
      default -> {}
    }
    return new Platform(
        normalOs(os),
        arch,
        kind.isEmpty() ? Optional.empty() : Optional.of(kind),
        osVersion,
        osFeatures);
  }

  private static String normalOs(String os) {
    String lower = os.toLowerCase(Locale.ROOT);
    return lower.equals("macos") ? "darwin" : lower;
  }

  /**
   * Whether an image of platform {@code image} can be chosen where this one is wanted: same system
   * and architecture, and the same variant unless this one leaves it open.
   */
  public boolean accepts(Platform image) {
    Platform wanted = normalised();
    Platform offered = image.normalised();
    return wanted.os.equals(offered.os)
        && wanted.architecture.equals(offered.architecture)
        && (wanted.variant.equals(offered.variant) || variant.isEmpty());
  }

  /** {@code os/architecture[/variant]}. */
  public String format() {
    return os + "/" + architecture + variant.map(v -> "/" + v).orElse("");
  }

  static Platform read(JsonReader json) throws MalformedDocumentException {
    return new Platform(
        json.string("os"),
        json.string("architecture"),
        json.optionalString("variant").filter(v -> !v.isEmpty()),
        json.string("os.version"),
        json.strings("os.features"));
  }

  JsonWriter write() {
    return new JsonWriter()
        .always("architecture", architecture)
        .always("os", os)
        .string("os.version", osVersion)
        .strings("os.features", osFeatures)
        .string("variant", variant.orElse(""));
  }

  @Override
  public String toString() {
    return format();
  }
}
