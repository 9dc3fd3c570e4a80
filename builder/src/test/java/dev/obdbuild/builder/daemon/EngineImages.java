package dev.obdbuild.builder.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Images that a test's containers are made of, built by obd-build itself and loaded into the Docker
 * engine: the daemon's own, and a registry.
 */
final class EngineImages {

  /** The daemon's image. */
  static final String DAEMON = "obd-buildd:test";

  /** Debian's {@code docker-registry}, which listens on port 5000. */
  static final String REGISTRY = "obd-registry:test";

  private final Path folder;
  private final Path top;
  private final String base;
  private final Client client;

  /** Makes them with files in {@code folder}, which exists. */
  EngineImages(Path folder, Client client) {
    this.folder = folder;
    this.client = client.with("OBD_REBUILD", "never").with("BUILDKIT_HOST", "local");
    top = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
    base =
        Optional.ofNullable(System.getProperty("obd.image.base"))
            .or(
                () ->
                    Optional.ofNullable(System.getenv("OBD_TEST_REGISTRY"))
                        .map(registry -> registry + "/base/slim:1"))
            .orElse("debian:bookworm-slim");
  }

  /** Makes the daemon's image as image/make.sh does. */
  void loadDaemon() throws IOException, InterruptedException {
    load(DAEMON, top.resolve("image/make.sh").toString(), "--base", base);
  }

  /** Makes the registry's image. */
  void loadRegistry() throws IOException, InterruptedException {
    Path context = Files.createDirectory(folder.resolve("registry"));
    client.run("sh", "-c", "cp \"$(command -v docker-registry)\" " + context).ok();
    Files.writeString(
        context.resolve("config.yml"),
        """
        version: 0.1
        log: {level: error, accesslog: {disabled: true}}
        storage: {filesystem: {rootdirectory: /var/lib/registry}}
        http: {addr: ":5000"}
        """);
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM %s
        COPY docker-registry /usr/bin/
        COPY config.yml /etc/
        EXPOSE 5000
        ENTRYPOINT ["docker-registry", "serve", "/etc/config.yml"]
        """
            .formatted(base));
    load(REGISTRY, top.resolve("obd-build").toString(), context.toString());
  }

  private void load(String name, String... command) throws IOException, InterruptedException {
    Path tar = folder.resolve(name.replace(':', '-') + ".tar");
    String[] all = new String[command.length + 3];
    System.arraycopy(command, 0, all, 0, command.length);
    all[command.length] = "--root=" + folder.resolve("state");
    all[command.length + 1] = "--tag=" + name;
    all[command.length + 2] = "--output=type=docker,compression=uncompressed,dest=" + tar;
    client.run(all).ok();
    client.run("docker", "load", "--quiet", "--input", tar.toString()).ok();
    Files.delete(tar);
  }
}
