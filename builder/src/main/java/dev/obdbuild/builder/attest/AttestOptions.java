package dev.obdbuild.builder.attest;

import dev.obdbuild.oci.image.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a client wants to be attested.
 *
 * @param provenance how the result came to be
 * @param packages what is in it
 */
public record AttestOptions(Optional<Provenance> provenance, Optional<Sbom> packages) {

  private static final List<String> PREFIXES = List.of("attest:", "build-arg:BUILDKIT_ATTEST_");

  /** Form of a provenance. */
  public enum Version {
    V02("https://slsa.dev/provenance/v0.2"),
    V1("https://slsa.dev/provenance/v1");

    private final String predicateType;

    Version(String predicateType) {
      this.predicateType = predicateType;
    }

    String predicateType() {
      return predicateType;
    }
  }

  /**
   * A provenance.
   *
   * @param max whether it tells the whole graph and everything that was asked for
   * @param inlineOnly whether it is only meant for images in registries
   * @param complete whether a build of which not all materials are known is to fail
   * @param usage whether it tells what the machine did meanwhile
   * @param fileName of its statement beside exported files
   */
  public record Provenance(
      Version version,
      boolean max,
      boolean inlineOnly,
      boolean reproducible,
      boolean complete,
      boolean usage,
      String builderId,
      String fileName) {

    /** The one that the history keeps of every build. */
    static Provenance ofHistory(String builderId) {
      return new Provenance(
          Version.V1, true, false, false, false, false, builderId, "provenance.json");
    }
  }

  /**
   * A list of packages.
   *
   * @param generator image of the scanner
   * @param parameters that the scanner gets
   */
  public record Sbom(Reference generator, SortedMap<String, String> parameters) {
    public Sbom {
      parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }
  }

  private static final String SCANNER = "docker/buildkit-syft-scanner:stable-1";

  /**
   * Reads the options {@code attest:KIND} and {@code build-arg:BUILDKIT_ATTEST_KIND} of a frontend.
   *
   * @throws IllegalArgumentException naming what is unknown or makes no sense
   */
  public static AttestOptions parse(Map<String, String> frontendOptions) {
    Optional<Provenance> provenance = Optional.empty();
    Optional<Sbom> packages = Optional.empty();
    for (Map.Entry<String, String> option : frontendOptions.entrySet()) {
      for (String prefix : PREFIXES) {
        if (!option.getKey().startsWith(prefix)) {
          continue;
        }
        String kind = option.getKey().substring(prefix.length()).toLowerCase(Locale.ROOT);
        Map<String, String> fields = fields(option.getValue());
        switch (kind) {
          case "provenance" -> provenance = Optional.of(provenance(fields));
          case "sbom" -> packages = Optional.of(sbom(fields));
          default ->
              throw new IllegalArgumentException("unknown attestation type \"" + kind + "\"");
        }
      }
    }
    return new AttestOptions(provenance, packages);
  }

  private static Provenance provenance(Map<String, String> fields) {
    Version version =
        switch (fields.getOrDefault("version", "v1")) {
          case "v1" -> Version.V1;
          case "v0.2" -> Version.V02;
          default ->
              throw new IllegalArgumentException(
                  "invalid provenance SLSA version: " + fields.get("version"));
        };
    boolean max =
        switch (fields.getOrDefault("mode", "max")) {
          case "max", "full" -> true;
          case "min" -> false;
          default ->
              throw new IllegalArgumentException("invalid mode \"" + fields.get("mode") + "\"");
        };
    return new Provenance(
        version,
        max,
        flag(fields, "inline-only"),
        flag(fields, "reproducible"),
        flag(fields, "complete-materials"),
        isTrue(fields.getOrDefault("capture-usage", "")),
        fields.getOrDefault("builder-id", ""),
        fields.getOrDefault("filename", "provenance.json"));
  }

  private static Sbom sbom(Map<String, String> fields) {
    String generator = fields.getOrDefault("generator", SCANNER);
    if (generator.isEmpty()) {
      throw new IllegalArgumentException("sbom generator cannot be empty");
    }
    SortedMap<String, String> parameters = new TreeMap<>(fields);
    parameters.remove("generator");
    try {
      return new Sbom(Reference.parse(generator), parameters);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "failed to parse sbom generator " + generator + ": " + e.getMessage(), e);
    }
  }

  private static boolean isTrue(String text) {
    return Set.of("1", "t", "T", "true", "TRUE", "True").contains(text);
  }

  private static boolean flag(Map<String, String> fields, String key) {
    String value = fields.getOrDefault(key, "false");
    if (isTrue(value)) {
      return true;
    }
    return switch (value) {
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default ->
          throw new IllegalArgumentException(
              "failed to parse " + key + " flag \"" + fields.get(key) + "\"");
    };
  }

  /** A line of comma-separated values, each a key with or without a value; quotes hold commas. */
  private static Map<String, String> fields(String line) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field : values(line)) {
      int equals = field.indexOf('=');
      fields.put(
          equals < 0 ? field : field.substring(0, equals),
          equals < 0 ? "" : field.substring(equals + 1));
    }
    return fields;
  }

  private static List<String> values(String line) {
    List<String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        boolean doubled = quoted && i + 1 < line.length() && line.charAt(i + 1) == '"';
        if (doubled) {
          value.append(c);
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == ',' && !quoted) {
        values.add(value.toString());
        value.setLength(0);
      } else {
        value.append(c);
      }
    }
    if (quoted) {
      throw new IllegalArgumentException("quotes do not end in \"" + line + "\"");
    }
    if (!line.isEmpty()) {
      values.add(value.toString());
    }
    return values;
  }
}
