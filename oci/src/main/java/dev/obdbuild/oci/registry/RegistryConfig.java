package dev.obdbuild.oci.registry;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How registries are reached.
 *
 * @param hosts by {@code host[:port]}, {@code docker.io} for the hub
 * @param connectTimeout for one connection
 * @param requestTimeout from a request to the head of its answer
 * @param stallTimeout a body in either direction that moves no byte for so long is given up
 */
public record RegistryConfig(
    Map<String, HostConfig> hosts,
    String userAgent,
    Duration connectTimeout,
    Duration requestTimeout,
    Duration stallTimeout,
    RetryPolicy retry) {
  public RegistryConfig {
    hosts = Map.copyOf(hosts);
  }

  /** No host is special. */
  public static RegistryConfig defaults() {
    return new RegistryConfig(
        Map.of(),
        "obd-build/0.1",
        Duration.ofSeconds(15),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        RetryPolicy.DEFAULT);
  }

  /** This with a rule for one registry. */
  public RegistryConfig withHost(String registry, HostConfig host) {
    Map<String, HostConfig> changed = new HashMap<>(hosts);
    changed.put(registry, host);
    return new RegistryConfig(
        changed, userAgent, connectTimeout, requestTimeout, stallTimeout, retry);
  }

  /** This with other time limits. */
  public RegistryConfig withTimeouts(Duration connect, Duration request, Duration stall) {
    return new RegistryConfig(hosts, userAgent, connect, request, stall, retry);
  }

  /** This with another patience. */
  public RegistryConfig withRetry(RetryPolicy changed) {
    return new RegistryConfig(
        hosts, userAgent, connectTimeout, requestTimeout, stallTimeout, changed);
  }

  HostConfig host(String registry) {
    return hosts.getOrDefault(registry, HostConfig.DEFAULT);
  }
}
