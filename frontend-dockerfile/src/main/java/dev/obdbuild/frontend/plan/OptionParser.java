package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.Csv;
import dev.obdbuild.frontend.parse.GoBool;
import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecOp.NetworkMode;
import dev.obdbuild.oci.image.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads {@link FrontendOptions}; what is left to later is refused by its name. */
final class OptionParser {
  private static final Set<String> UNSUPPORTED = Set.of("device", "devices");
  private static final List<String> UNSUPPORTED_PREFIXES = List.of("automount:");
  private static final Set<String> CAPS =
      Set.of(
          "moby.buildkit.frontend.inputs",
          "moby.buildkit.frontend.subrequests",
          "moby.buildkit.frontend.contexts",
          "moby.buildkit.frontend.gitquerystring");

  private final FrontendOptions options;

  OptionParser(FrontendOptions options) {
    this.options = options;
  }

  /** The options of one plan. */
  BuildConfig parse(Optional<Platform> platform, boolean multiPlatform) throws DockerfileException {
    String hostname = get("build-arg:BUILDKIT_SANDBOX_HOSTNAME");
    return new BuildConfig(
        get("filename").isEmpty() ? "Dockerfile" : get("filename"),
        get("target"),
        withPrefix("build-arg:"),
        withPrefix("label:"),
        platform,
        multiPlatform,
        options.worker(),
        noCache(),
        extraHosts(),
        shmSize(),
        Ulimits.parse(get("ulimit")),
        new LimitParser(options).parse(),
        get("cgroup-parent"),
        network(),
        hostname.isEmpty() ? get("hostname") : hostname,
        ResolveMode.parse(get("image-resolve-mode")),
        contexts());
  }

  private ContextOptions contexts() {
    String key = options.attributes().getOrDefault("contextkey", MainContext.LOCAL);
    return new ContextOptions(
        get(key),
        Optional.ofNullable(options.attributes().get("contextsubdir")),
        Optional.ofNullable(options.attributes().get("dockerfilekey")),
        withPrefix("context:"),
        withPrefix("sharedkey:localdir:"),
        withPrefix("input-metadata:"),
        options.inputs(),
        options.sessionId(),
        withPrefix("local-sessionid:"));
  }

  /** Whether another frontend chose this one, so that nothing in the file counts for the choice. */
  boolean isChosen() {
    return options.attributes().containsKey("cmdline");
  }

  /** The question that is asked instead of a build. */
  Optional<String> request() {
    return Optional.ofNullable(options.attributes().get("requestid"));
  }

  /** The frontend that the user wants, whatever the file says. */
  Optional<String> syntax() {
    return Optional.of(get("build-arg:BUILDKIT_SYNTAX").strip()).filter(s -> !s.isEmpty());
  }

  private String get(String name) {
    return options.attributes().getOrDefault(name, "");
  }

  private Map<String, String> withPrefix(String prefix) {
    Map<String, String> found = new TreeMap<>();
    options
        .attributes()
        .forEach(
            (name, value) -> {
              if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), value);
              }
            });
    return found;
  }

  /** Refuses what cannot be done, by its name. */
  void refuse() throws DockerfileException {
    for (String name : options.attributes().keySet()) {
      if (UNSUPPORTED.contains(name) || UNSUPPORTED_PREFIXES.stream().anyMatch(name::startsWith)) {
        throw new DockerfileException("frontend option " + name + " is not supported yet");
      }
    }
    if (!get("override-copy-image").isEmpty()) {
      throw new DockerfileException(
          "support for \"override-copy-image\" was removed in BuildKit 0.11");
    }
    if (GoBool.parse(get("build-arg:BUILDKIT_DISABLE_FILEOP")).orElse(false)) {
      throw new DockerfileException(
          "support for \"BUILDKIT_DISABLE_FILEOP\" build-arg was removed in BuildKit 0.11");
    }
  }

  /**
   * Checks what the client expects of the frontend.
   *
   * @param forwarding whether another frontend, which may do more, could still be asked
   */
  void checkCaps(boolean forwarding) throws UnsupportedException {
    if (get("frontend.caps").isEmpty()) {
      return;
    }
    for (String cap : get("frontend.caps").split(",", -1)) {
      String[] parts = cap.split("\\+", 2);
      boolean forwarded = parts.length == 2 && parts[1].contains("forward");
      if (!CAPS.contains(parts[0]) && !(forwarding && forwarded)) {
        throw UnsupportedException.capability(parts[0]);
      }
    }
  }

  /** The platforms that were asked for, normalised; empty leaves it to the worker. */
  List<Platform> platforms() throws DockerfileException {
    String text = get("platform");
    List<Platform> platforms = new ArrayList<>();
    if (!text.isEmpty()) {
      for (String one : text.split(",", -1)) {
        try {
          platforms.add(Platform.parse(one));
        } catch (IllegalArgumentException e) {
          throw DockerfileException.of(
              "failed to parse target platform " + one + ": " + e.getMessage(), e);
        }
      }
    }
    return platforms;
  }

  /** Whether the result is an index, even if of one image. */
  boolean multiPlatform(List<Platform> platforms) throws DockerfileException {
    boolean many = platforms.size() > 1;
    String argument = get("build-arg:BUILDKIT_MULTI_PLATFORM");
    String text = argument.isEmpty() ? get("multi-platform") : argument;
    if (text.isEmpty()) {
      return many;
    }
    boolean index =
        GoBool.parse(text)
            .orElseThrow(
                () -> new DockerfileException("invalid boolean value for multi-platform: " + text));
    if (!index && many) {
      throw new DockerfileException(
          "conflicting config: returning multiple target platforms is not allowed");
    }
    return index;
  }

  private Optional<List<String>> noCache() {
    String text = options.attributes().get("no-cache");
    if (text == null) {
      return Optional.empty();
    }
    return Optional.of(text.isEmpty() ? List.of() : List.of(text.split(",")));
  }

  private List<ExecMeta.HostIp> extraHosts() throws DockerfileException {
    if (get("add-hosts").isEmpty()) {
      return List.of();
    }
    String prefix = "failed to parse additional hosts: ";
    List<ExecMeta.HostIp> hosts = new ArrayList<>();
    for (String field : Csv.fields(get("add-hosts"))) {
      String[] parts = field.toLowerCase(Locale.ROOT).split("=", 2);
      if (parts.length < 2) {
        throw new DockerfileException(prefix + "invalid key-value pair " + field);
      }
      String ip =
          IpText.canonical(parts[1])
              .orElseThrow(
                  () -> new DockerfileException(prefix + "failed to parse IP " + parts[1]));
      hosts.add(new ExecMeta.HostIp(parts[0], ip));
    }
    return hosts;
  }

  private long shmSize() throws DockerfileException {
    String text = get("shm-size");
    return text.isEmpty() ? 0 : LimitParser.signed(text, "failed to parse shm size: ");
  }

  private NetworkMode network() throws DockerfileException {
    return switch (get("force-network-mode")) {
      case "", "sandbox" -> NetworkMode.DEFAULT;
      case "host" -> NetworkMode.HOST;
      case "none" -> NetworkMode.NONE;
      default -> throw new DockerfileException("invalid netmode " + get("force-network-mode"));
    };
  }
}
