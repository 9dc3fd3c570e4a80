package dev.obdbuild.oci.registry;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How registries are reached.
 *
 * @param hosts by {@code host[:port]}, {@code docker.io} for the hub
 * @param insecure hosts that may speak plain HTTP or have any certificate, whatever {@code hosts}
 *     says of them
 * @param connectTimeout for one connection
 * @param requestTimeout from a request to the head of its answer
 * @param stallTimeout a body in either direction that moves no byte for so long is given up
 * @param readDeadline for one ranged read of a few MiB, waiting and all attempts included
 */
public record RegistryConfig(
    Map<String, HostConfig> hosts,
    Set<String> insecure,
    String userAgent,
    Duration connectTimeout,
    Duration requestTimeout,
    Duration stallTimeout,
    Duration readDeadline,
    RetryPolicy retry) {
  public RegistryConfig {
    hosts = Map.copyOf(hosts);
    insecure = Set.copyOf(insecure);
  }

  /** No host is special. */
  public static RegistryConfig defaults() {
    return new RegistryConfig(
        Map.of(),
        Set.of(),
        "obd-build/0.1",
        Duration.ofSeconds(15),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofMinutes(3),
        RetryPolicy.DEFAULT);
  }

  /** This with a rule for one registry. */
  public RegistryConfig withHost(String registry, HostConfig host) {
    Map<String, HostConfig> changed = new HashMap<>(hosts);
    changed.put(registry, host);
    return new RegistryConfig(
        changed,
        insecure,
        userAgent,
        connectTimeout,
        requestTimeout,
        stallTimeout,
        readDeadline,
        retry);
  }

  /** This with one more host that need not prove who it is. */
  public RegistryConfig withInsecure(String registry) {
    Set<String> changed = new HashSet<>(insecure);
    changed.add(registry);
    return new RegistryConfig(
        hosts,
        changed,
        userAgent,
        connectTimeout,
        requestTimeout,
        stallTimeout,
        readDeadline,
        retry);
  }

  /** This with other time limits. */
  public RegistryConfig withTimeouts(Duration connect, Duration request, Duration stall) {
    return new RegistryConfig(
        hosts, insecure, userAgent, connect, request, stall, readDeadline, retry);
  }

  /** This with another patience. */
  public RegistryConfig withRetry(RetryPolicy changed) {
    return new RegistryConfig(
        hosts,
        insecure,
        userAgent,
        connectTimeout,
        requestTimeout,
        stallTimeout,
        readDeadline,
        changed);
  }

  /** This with another deadline of ranged reads. */
  public RegistryConfig withReadDeadline(Duration changed) {
    return new RegistryConfig(
        hosts, insecure, userAgent, connectTimeout, requestTimeout, stallTimeout, changed, retry);
  }

  /** This under another name. */
  public RegistryConfig withUserAgent(String changed) {
    return new RegistryConfig(
        hosts,
        insecure,
        changed,
        connectTimeout,
        requestTimeout,
        stallTimeout,
        readDeadline,
        retry);
  }

  HostConfig host(String registry) {
    HostConfig host = hosts.getOrDefault(registry, HostConfig.DEFAULT);
    return insecure.contains(registry) ? host.withSkipVerify(true) : host;
  }
}
