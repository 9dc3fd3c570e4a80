package dev.obdbuild.oci.image;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an image runs on, printed {@code os/architecture[/variant]}. An empty variant is no variant.
 */
public record Platform(
    String os,
    String architecture,
    Optional<String> variant,
    String osVersion,
    List<String> osFeatures) {
  /** Longer than any; the pattern of features recurs by feature. */
  private static final int MAX_TEXT = 4096;

  private static final String COMPONENT = "[A-Za-z0-9_.-]+";
  private static final Pattern SYSTEM =
      Pattern.compile("^([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_.%-]*)((?:\\+[A-Za-z0-9_.%-]+)*)\\))?$");
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
   * Behind the system its version and features may stand: {@code os(version+feature)}.
   *
   * @throws IllegalArgumentException if it spells none
   */
  public static Platform parse(String text) {
    if (text.length() > MAX_TEXT) {
      throw new IllegalArgumentException(
          "a platform specifier of " + text.length() + " characters: invalid argument");
    }
    String[] parts = text.split("/", -1);
    Matcher system = SYSTEM.matcher(parts[0]);
    if (!system.matches()) {
      throw new IllegalArgumentException(
          "\""
              + parts[0]
              + "\" is an invalid OS component of \""
              + text
              + "\": OSAndVersion specifier component must match \""
              + SYSTEM.pattern().replace("\\", "\\\\")
              + "\": invalid argument");
    }
    for (String part : List.of(parts).subList(1, parts.length)) {
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
    String os = system.group(1);
    return switch (parts.length) {
      case 1 -> ofOne(os).of(system);
      case 2 -> new Platform(os, parts[1]).of(system).normalised();
      case 3 ->
          new Platform(os, parts[1], Optional.of(parts[2]), "", List.of()).of(system).normalised();
      default ->
          throw new IllegalArgumentException(
              "\"" + text + "\": cannot parse platform specifier: invalid argument");
    };
  }

  /** This with the version and features that stand behind the system. */
  private Platform of(Matcher system) {
    if (system.group(2) == null) {
      return this;
    }
    List<String> features =
        Stream.of(system.group(3).split("\\+"))
            .filter(f -> !f.isEmpty())
            .map(Platform::decoded)
            .toList();
    return new Platform(os, architecture, variant, decoded(system.group(2)), features);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
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
    String lower = os.isEmpty() ? "linux" : os.toLowerCase(Locale.ROOT);
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

  /**
   * {@code os[(version+features)]/architecture[/variant]}. In versions and features only what has a
   * meaning there is escaped, as containerd does it: {@code %+()/}.
   */
  public String formatAll() {
    if (osVersion.isEmpty() && osFeatures.isEmpty()) {
      return format();
    }
    StringBuilder system = new StringBuilder(os).append('(').append(encoded(osVersion));
    osFeatures.forEach(feature -> system.append('+').append(encoded(feature)));
    return new Platform(system.append(')').toString(), architecture, variant, "", List.of())
        .format();
  }

  private static String encoded(String text) {
    return text.replace("%", "%25")
        .replace("+", "%2B")
        .replace("(", "%28")
        .replace(")", "%29")
        .replace("/", "%2F");
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

  /** The platform as documents name it. */
  public JsonWriter write() {
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
