package dev.obdbuild.builder.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One attestation that a build is to make.
 *
 * @param type {@code provenance} or {@code sbom}
 * @param parameters for whoever makes it, {@code key=value} with commas between
 * @param disabled whether it is not to be made
 */
public record AttestSpec(String type, String parameters, boolean disabled) {

  /**
   * Reads {@code type=TYPE[,disabled=BOOL][,KEY=VALUE...]}.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  public static AttestSpec parse(String text) {
    List<String> fields = FlagFields.split("--attest", text);
    SortedMap<String, String> pairs = FlagFields.pairs("--attest", fields);
    String type = pairs.remove("type");
    if (type == null || type.isEmpty()) {
      throw new IllegalArgumentException("--attest " + text + ": attestation type not specified");
    }
    String disabled = pairs.remove("disabled");
    Optional<Boolean> truth = disabled == null ? Optional.of(false) : FlagFields.truth(disabled);
    if (truth.isEmpty()) {
      throw new IllegalArgumentException("--attest: invalid value disabled=" + disabled);
    }
    String parameters =
        pairs.entrySet().stream()
            .map(pair -> quoted(pair.getKey() + "=" + pair.getValue()))
            .collect(Collectors.joining(","));
    return new AttestSpec(type, parameters, truth.get());
  }

  /** Reads the value of {@code --provenance} or {@code --sbom}: a truth value or parameters. */
  public static AttestSpec parse(String type, String text) {
    Optional<Boolean> truth = FlagFields.truth(text);
    if (truth.isPresent()) {
      return new AttestSpec(type, "", !truth.get());
    }
    return parse("type=" + type + "," + text);
  }

  private static String quoted(String field) {
    return field.contains(",") || field.contains("\"")
        ? '"' + field.replace("\"", "\"\"") + '"'
        : field;
  }

  /** Those that are to be made, by type; of several of one type the first counts. */
  public static SortedMap<String, String> wanted(List<AttestSpec> specs) {
    SortedMap<String, String> wanted = new TreeMap<>();
    List<String> seen = new ArrayList<>();
    for (AttestSpec spec : specs) {
      if (!seen.contains(spec.type())) {
        seen.add(spec.type());
        if (!spec.disabled()) {
          wanted.put(spec.type(), spec.parameters());
        }
      }
    }
    return wanted;
  }
}
