package dev.obdbuild.worker.network;

import dev.obdbuild.linux.net.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A namespace for each container, given to CNI plugins to be connected: their programs are called
 * one after another with ADD, and in reverse with DEL when the container has ended. Each attachment
 * is written down while it lasts; the next start undoes those of a dead process.
 */
final class CniNetworks implements Networks {

  private static final String INTERFACE = "eth0";
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final Path plugins;
  private final Path state;
  private final String name;
  private final String version;
  private final List<ObjectNode> chain;

  private CniNetworks(NetworkConfig config, JsonNode conf, List<ObjectNode> chain) {
    this.plugins = config.cniPlugins();
    this.state = config.cniState();
    this.name = conf.path("name").asString("buildkit");
    this.version = conf.path("cniVersion").asString("0.4.0");
    this.chain = chain;
  }

  /** Reads the configuration and looks for the plugins that it names. */
  static CniNetworks open(NetworkConfig config) throws IOException {
    if (!Files.exists(config.cniConfig())) {
      throw new IOException("failed to read cni config: " + config.cniConfig() + " does not exist");
    }
    JsonNode conf;
    try {
      conf = JSON.readTree(Files.readString(config.cniConfig()));
    } catch (JacksonException e) {
      throw new IOException("failed to read cni config: " + config.cniConfig() + ": " + e, e);
    }
    List<ObjectNode> chain = new ArrayList<>();
    Iterable<JsonNode> listed = conf.has("plugins") ? conf.get("plugins") : List.of(conf);
    for (JsonNode plugin : listed) {
      if (!(plugin instanceof ObjectNode found) || !found.path("type").isString()) {
        throw new IOException("cni config " + config.cniConfig() + ": a plugin without a type");
      }
      Path program = config.cniPlugins().resolve(found.get("type").asString());
      if (!program.normalize().startsWith(config.cniPlugins().normalize())
          || !Files.isExecutable(program)) {
        throw new IOException(
            "cni plugin \""
                + found.get("type").asString()
                + "\" of "
                + config.cniConfig()
                + " is not in "
                + config.cniPlugins());
      }
      chain.add(found);
    }
    if (chain.isEmpty()) {
      throw new IOException("cni config " + config.cniConfig() + " names no plugin");
    }
    CniNetworks networks = new CniNetworks(config, conf, chain);
    networks.undoLeftOver();
    return networks;
  }

  private record Attached(CniNetworks networks, String id, NetworkNamespace own, String result)
      implements Attachment {

    @Override
    public Optional<Path> namespace() {
      return Optional.of(own.path());
    }

    @Override
    public void close() throws IOException {
      try (own) {
        networks.detach(id, own.path().toString(), result);
      }
    }
  }

  @Override
  public Attachment attach(String container) throws IOException {
    NetworkNamespace own = NetworkNamespace.create((made, outside, inside) -> {});
    String result = "";
    try {
      Files.createDirectories(state);
      Files.writeString(record(container), Long.toString(ProcessHandle.current().pid()));
      for (ObjectNode plugin : chain) {
        result = call("ADD", plugin, container, own.path().toString(), result);
      }
      return new Attached(this, container, own, result);
    } catch (IOException | RuntimeException e) {
      try (own) {
        detach(container, own.path().toString(), result);
      } catch (IOException undoing) {
        e.addSuppressed(undoing);
      }
      throw e;
    }
  }

  private Path record(String container) {
    return state.resolve(container);
  }

  private void detach(String container, String namespace, String result) throws IOException {
    for (ObjectNode plugin : chain.reversed()) {
      var _ = call("DEL", plugin, container, namespace, result);
    }
    Files.deleteIfExists(record(container));
  }

  /** The namespaces have ended with their process; plugins still keep their addresses. */
  private void undoLeftOver() throws IOException {
    if (!Files.isDirectory(state)) {
      return;
    }
    List<Path> records;
    try (var listed = Files.list(state)) {
      records = listed.toList();
    }
    for (Path left : records) {
      String pid = Files.readString(left).strip();
      boolean alive =
          pid.matches("[0-9]{1,10}") && ProcessHandle.of(Long.parseLong(pid)).isPresent();
      if (!alive) {
        detach(left.getFileName().toString(), "", "");
      }
    }
  }

  /** Calls one plugin. @return its result as JSON, empty for none */
  private String call(
      String command, ObjectNode plugin, String container, String namespace, String previous)
      throws IOException {
    String type = plugin.get("type").asString();
    ObjectNode config = plugin.deepCopy();
    config.put("cniVersion", version).put("name", name);
    if (!previous.isEmpty()) {
      config.set("prevResult", JSON.readTree(previous));
    }
    Tool.Outcome outcome =
        Tool.run(
            List.of(plugins.resolve(type).toString()),
            config.toString(),
            Map.of(
                "CNI_COMMAND", command,
                "CNI_CONTAINERID", container,
                "CNI_NETNS", namespace,
                "CNI_IFNAME", INTERFACE,
                "CNI_PATH", plugins.toString()));
    if (outcome.code() != 0) {
      throw new IOException(
          "cni plugin " + type + " failed (" + command + "): " + failure(outcome));
    }
    return outcome.out().isBlank() ? previous : outcome.out();
  }

  /** A plugin says what went wrong as JSON on its standard output. */
  private static String failure(Tool.Outcome outcome) {
    try {
      JsonNode error = JSON.readTree(outcome.out());
      if (error != null && error.has("msg")) {
        return error.get("msg").asString() + error.path("details").asString("");
      }
    } catch (JacksonException e) {
      return (outcome.out() + outcome.err()).strip();
    }
    return "exit code " + outcome.code() + " " + outcome.err().strip();
  }

  @Override
  public void close() {}
}
