package dev.obdbuild.oci.image;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What runs when a container of an image starts. Empty strings, lists and maps mean "not set".
 *
 * @param env {@code NAME=value}, in order
 * @param stopTimeout seconds
 * @param others keys that we do not know, each with its JSON text; written back after the known
 *     ones
 */
public record ContainerConfig(
    String user,
    Set<String> exposedPorts,
    List<String> env,
    List<String> entrypoint,
    List<String> cmd,
    Set<String> volumes,
    String workingDir,
    Map<String, String> labels,
    String stopSignal,
    boolean argsEscaped,
    Optional<Healthcheck> healthcheck,
    List<String> onBuild,
    Optional<Long> stopTimeout,
    List<String> shell,
    Map<String, String> others) {

  public ContainerConfig {
    exposedPorts = Collections.unmodifiableSet(new TreeSet<>(exposedPorts));
    env = List.copyOf(env);
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
    volumes = Collections.unmodifiableSet(new TreeSet<>(volumes));
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    onBuild = List.copyOf(onBuild);
    shell = List.copyOf(shell);
    others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
  }

  /** A config with nothing set. */
  public static ContainerConfig empty() {
    return new ContainerConfigBuilder().build();
  }

  /** A builder that starts from this config. */
  public ContainerConfigBuilder toBuilder() {
    return new ContainerConfigBuilder(this);
  }

  static ContainerConfig read(JsonReader json) throws MalformedDocumentException {
    Optional<JsonReader> healthcheck = json.object("Healthcheck");
    return new ContainerConfig(
        json.string("User"),
        new TreeSet<>(json.names("ExposedPorts")),
        json.strings("Env"),
        json.strings("Entrypoint"),
        json.strings("Cmd"),
        new TreeSet<>(json.names("Volumes")),
        json.string("WorkingDir"),
        json.stringMap("Labels"),
        json.string("StopSignal"),
        json.bool("ArgsEscaped"),
        healthcheck.isPresent()
            ? Optional.of(Healthcheck.read(healthcheck.get()))
            : Optional.empty(),
        json.strings("OnBuild"),
        json.has("StopTimeout") ? Optional.of(json.integer("StopTimeout", 0)) : Optional.empty(),
        json.strings("Shell"),
        json.others());
  }

  JsonWriter write() {
    JsonWriter json =
        new JsonWriter()
            .string("User", user)
            .set("ExposedPorts", exposedPorts)
            .strings("Env", env)
            .strings("Entrypoint", entrypoint)
            .strings("Cmd", cmd)
            .set("Volumes", volumes)
            .string("WorkingDir", workingDir)
            .map("Labels", labels)
            .string("StopSignal", stopSignal)
            .bool("ArgsEscaped", argsEscaped);
    healthcheck.ifPresent(h -> json.object("Healthcheck", h.write()));
    json.strings("OnBuild", onBuild);
    stopTimeout.ifPresent(seconds -> json.alwaysInteger("StopTimeout", seconds));
    json.strings("Shell", shell);
    others.forEach(json::raw);
    return json;
  }
}
