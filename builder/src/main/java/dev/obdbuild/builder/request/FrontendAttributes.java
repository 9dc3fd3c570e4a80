package dev.obdbuild.builder.request;

import dev.obdbuild.builder.config.AttestSpec;
import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.config.ExtraHost;
import dev.obdbuild.builder.config.Ulimit;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The options of a build in the names that BuildKit's Dockerfile frontend knows. */
final class FrontendAttributes {

  private FrontendAttributes() {}

  static SortedMap<String, String> of(BuildOptions.Dockerfile options) {
    SortedMap<String, String> out = new TreeMap<>();
    options.target().ifPresent(target -> out.put("target", target));
    if (!options.platforms().isEmpty()) {
      out.put("platform", String.join(",", options.platforms()));
    }
    options.buildArgs().forEach((name, value) -> out.put("build-arg:" + name, value));
    options.labels().forEach((name, value) -> out.put("label:" + name, value));
    if (options.noCache() || !options.noCacheStages().isEmpty()) {
      out.put("no-cache", options.noCache() ? "" : String.join(",", options.noCacheStages()));
    }
    if (!options.addHosts().isEmpty()) {
      out.put(
          "add-hosts",
          options.addHosts().stream().map(ExtraHost::toString).collect(Collectors.joining(",")));
    }
    if (options.shmSize() > 0) {
      out.put("shm-size", Long.toString(options.shmSize()));
    }
    if (!options.ulimits().isEmpty()) {
      out.put(
          "ulimit",
          options.ulimits().stream().map(Ulimit::toString).collect(Collectors.joining(",")));
    }
    options.cgroupParent().ifPresent(parent -> out.put("cgroup-parent", parent));
    out.putAll(options.limits());
    if (!options.network().equals("default")) {
      out.put("force-network-mode", options.network());
    }
    if (options.pull()) {
      out.put("image-resolve-mode", "pull");
    }
    AttestSpec.wanted(options.attests())
        .forEach((type, parameters) -> out.put("attest:" + type, parameters));
    return out;
  }
}
