package dev.obdbuild.builder.config;

import dev.obdbuild.oci.registry.HostConfig;
import dev.obdbuild.oci.registry.HostConfig.ClientKey;
import dev.obdbuild.oci.registry.RegistryConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * What the host's configuration file says. The tables of registries are spelled as in BuildKit's
 * {@code buildkitd.toml}:
 *
 * <pre>
 * block-cache = "10g"
 * [registry."docker.io"]
 *   mirrors = ["mirror.example.com", "127.0.0.1:5000/hub"]
 *   http = false
 *   insecure = false
 *   ca = ["/etc/obd-build/ca.pem"]
 *   [[registry."docker.io".keypair]]
 *     cert = "/etc/obd-build/client.pem"
 *     key = "/etc/obd-build/client.key"
 * </pre>
 *
 * @param registries how registries are reached
 * @param blockCacheBytes bound of the cache of remote blocks on disk
 */
public record ConfigFile(RegistryConfig registries, long blockCacheBytes) {

  /** The file that is read when none is named; it need not exist. */
  public static final Path DEFAULT = Path.of("/etc/obd-build/config.toml");

  private static final long DEFAULT_BLOCK_CACHE = 10L << 30;
  private static final Set<String> KEYS = Set.of("registry", "block-cache");
  private static final Set<String> REGISTRY_KEYS =
      Set.of("mirrors", "http", "insecure", "ca", "keypair");

  /** Nothing special. */
  public static ConfigFile none() {
    return new ConfigFile(RegistryConfig.defaults(), DEFAULT_BLOCK_CACHE);
  }

  /** Reads the default file, if there is one. */
  public static ConfigFile readDefault() throws IOException {
    return Files.exists(DEFAULT) ? read(DEFAULT) : none();
  }

  /**
   * Reads a file.
   *
   * @throws IOException when it cannot be read or says something unknown; names file and key
   */
  public static ConfigFile read(Path file) throws IOException {
    JsonNode top;
    try {
      top = new TomlMapper().readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      throw new IOException(file + ": " + e.getOriginalMessage() + " " + place(e), e);
    }
    try {
      refuseOthers(top, KEYS, "");
      RegistryConfig registries = RegistryConfig.defaults();
      for (Map.Entry<String, JsonNode> entry : top.path("registry").properties()) {
        registries = registries.withHost(entry.getKey(), host(entry.getKey(), entry.getValue()));
      }
      long cache =
          top.has("block-cache")
              ? ByteSize.parse(top.get("block-cache").asString())
              : DEFAULT_BLOCK_CACHE;
      return new ConfigFile(registries, cache);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static String place(JacksonException e) {
    return e.getLocation() == null ? "" : "(line " + e.getLocation().getLineNr() + ")";
  }

  private static HostConfig host(String registry, JsonNode table) {
    refuseOthers(table, REGISTRY_KEYS, "registry.\"" + registry + "\".");
    HostConfig host = HostConfig.DEFAULT.withMirrors(texts(table.path("mirrors")));
    if (table.has("http")) {
      host = host.withPlainHttp(table.get("http").asBoolean());
    }
    host =
        host.withSkipVerify(table.path("insecure").asBoolean(false))
            .withCaFiles(texts(table.path("ca")).stream().map(Path::of).toList());
    for (JsonNode pair : table.path("keypair")) {
      host =
          host.withClientKey(
              new ClientKey(text(pair, "cert", registry), text(pair, "key", registry)));
    }
    return host;
  }

  private static Path text(JsonNode pair, String key, String registry) {
    if (!pair.has(key)) {
      throw new IllegalArgumentException("registry.\"" + registry + "\".keypair has no " + key);
    }
    return Path.of(pair.get(key).asString());
  }

  private static List<String> texts(JsonNode array) {
    List<String> out = new ArrayList<>();
    array.forEach(n -> out.add(n.asString()));
    return out;
  }

  private static void refuseOthers(JsonNode table, Set<String> known, String prefix) {
    for (String key : table.propertyNames()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException("unknown key " + prefix + key);
      }
    }
  }
}
