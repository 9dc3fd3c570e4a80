package dev.obdbuild.builder.request;

import dev.obdbuild.builder.HostName;
import dev.obdbuild.builder.build.CacheEntry;
import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.export.ExportRequest;
import dev.obdbuild.builder.session.AgentSockets;
import dev.obdbuild.builder.session.LocalFolders;
import dev.obdbuild.builder.session.SecretSources;
import dev.obdbuild.builder.session.serve.SessionServer.Lent;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.registry.DockerConfigCredentials;
import dev.obdbuild.pusher.BuildMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A build made ready: its request, and what is to be written when it is done. Used for one build;
 * closing it removes its temporary folders.
 */
public final class Preparation implements AutoCloseable {

  private static final String DESCRIPTOR = "containerimage.descriptor";
  private static final String CONFIG = "containerimage.config.digest";

  private final BuildOptions options;
  private final Opened opened;
  private final OutputPlan outputs;
  private final CachePlan caches;
  private final BuildRequest request;

  private Preparation(BuildOptions options, Surroundings around, Opened opened) throws IOException {
    this.options = options;
    this.opened = opened;
    this.outputs = new OutputPlan(options.output(), around, opened);
    this.caches = new CachePlan(opened);
    ContextInput context = new ContextInput(options, around.in(), opened);
    context.open();
    new NamedContexts(opened).open(options.lent().contexts());
    List<ExportRequest.Entry> entries = options.call().isPresent() ? List.of() : outputs.plan();
    List<CacheEntry> imports = caches.imports(options.caches().from());
    List<CacheEntry> exports = caches.exports(options.caches().to());
    options
        .call()
        .ifPresent(
            call -> {
              opened.attributes.put("requestid", call.requestId());
              opened.caps.add("moby.buildkit.frontend.subrequests+forward");
            });
    if (!opened.caps.isEmpty()) {
      opened.attributes.put("frontend.caps", String.join(",", opened.caps));
    }
    this.request =
        new BuildRequest(
            opened.attributes,
            entries,
            imports,
            exports,
            opened.links,
            options.entitlements(),
            context.folder().isPresent() ? key(context.folder().get()) : "",
            new Lent(
                new LocalFolders(opened.folders),
                SecretSources.of(options.lent().secrets(), around.environment()),
                DockerConfigCredentials.ofUser(around.environment()),
                AgentSockets.of(options.lent().agents(), around.environment()),
                opened.stores,
                opened.uploads,
                opened.targets));
  }

  /**
   * Opens what the options name.
   *
   * @throws IllegalArgumentException when options do not go together
   * @throws IOException when something that they name is not there
   */
  public static Preparation of(BuildOptions options, Surroundings around) throws IOException {
    Opened opened = new Opened(FrontendAttributes.of(options.frontend()));
    try {
      return new Preparation(options, around, opened);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** One folder of one machine has one key. */
  private static String key(Path folder) throws IOException {
    Path real = folder.toRealPath();
    String where = HostName.own() + ":" + real;
    String hex = Digest.sha256(where.getBytes(StandardCharsets.UTF_8)).hex();
    // Headers are ASCII.
    return String.valueOf(real.getFileName()).replaceAll("[^ -~]", "_")
        + ":"
        + hex.substring(0, 16);
  }

  /** What the builder is asked for. */
  public BuildRequest request() {
    return request;
  }

  /**
   * Writes what the user wants to have of a build that is done.
   *
   * @param response of the exporters
   */
  public void finish(Map<String, String> response) throws IOException {
    caches.finish(response);
    @Nullable String descriptor = response.get(DESCRIPTOR);
    if (outputs.layout().isPresent() && descriptor != null) {
      byte[] json = Base64.getDecoder().decode(descriptor);
      new LayoutIndex(outputs.layout().get())
          .put(
              Descriptor.read(JsonReader.parse(json, DESCRIPTOR)),
              options.output().tags().isEmpty() ? List.of() : List.of(tag()));
    }
    Optional<Path> idFile = options.output().iidFile();
    if (idFile.isPresent()) {
      Files.writeString(idFile.get(), imageId(response));
    }
    Optional<Path> metadata = options.output().metadataFile();
    if (metadata.isPresent()) {
      Files.write(metadata.get(), BuildMetadata.of(response));
    }
  }

  private String tag() {
    String name = options.output().tags().getFirst();
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? name.substring(colon + 1) : "latest";
  }

  /** The digest of the config or, of an image for several platforms, of the index; else nothing. */
  public static String imageId(Map<String, String> response) {
    return response.getOrDefault(CONFIG, response.getOrDefault("containerimage.digest", ""));
  }

  @Override
  public void close() throws IOException {
    opened.close();
  }
}
