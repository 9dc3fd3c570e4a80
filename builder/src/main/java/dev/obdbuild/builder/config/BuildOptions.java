package dev.obdbuild.builder.config;

import dev.obdbuild.builder.progress.ProgressMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One build as the user asked for it.
 *
 * @param context what COPY and ADD read: a folder, an address, or {@code -} for standard input
 * @param dockerfile path of the Dockerfile, {@code -} for standard input; empty for the one in the
 *     context
 * @param entitlements what RUN steps may ask for: {@code network.host}, {@code security.insecure}
 * @param call a question that is asked instead of building
 */
public record BuildOptions(
    String context,
    Optional<String> dockerfile,
    Dockerfile frontend,
    Lent lent,
    Set<String> entitlements,
    Output output,
    Caches caches,
    Optional<CallSpec> call,
    ProgressMode progress,
    HostOptions host) {

  public BuildOptions {
    entitlements = Set.copyOf(entitlements);
  }

  /**
   * What the Dockerfile is built with.
   *
   * @param noCacheStages stages that are built anew; all of them when {@code noCache}
   * @param network mode of RUN steps: {@code default}, {@code host}, {@code none}
   * @param shmSize bytes, 0 for the default
   * @param limits of the RUN steps' cgroups, by the frontend's names
   * @param platforms none for this host's
   * @param attests what is to be attested of the image
   */
  public record Dockerfile(
      Map<String, String> buildArgs,
      Optional<String> target,
      boolean noCache,
      List<String> noCacheStages,
      boolean pull,
      Map<String, String> labels,
      String network,
      List<ExtraHost> addHosts,
      long shmSize,
      List<Ulimit> ulimits,
      Optional<String> cgroupParent,
      Map<String, String> limits,
      List<String> platforms,
      List<AttestSpec> attests) {

    public Dockerfile {
      buildArgs = Map.copyOf(buildArgs);
      noCacheStages = List.copyOf(noCacheStages);
      labels = Map.copyOf(labels);
      addHosts = List.copyOf(addHosts);
      ulimits = List.copyOf(ulimits);
      limits = Map.copyOf(limits);
      platforms = List.copyOf(platforms);
      attests = List.copyOf(attests);
    }
  }

  /**
   * What steps may take from this machine beside the context.
   *
   * @param secrets values that RUN steps may mount
   * @param agents SSH agents, {@code ID} or {@code ID=SOCKET}
   * @param contexts what takes the place of stages and images
   */
  public record Lent(List<SecretSpec> secrets, List<String> agents, List<NamedContext> contexts) {
    public Lent {
      secrets = List.copyOf(secrets);
      agents = List.copyOf(agents);
      contexts = List.copyOf(contexts);
    }
  }

  /** Caches to look into, and to leave behind. */
  public record Caches(List<CacheSpec> from, List<CacheSpec> to) {
    public Caches {
      from = List.copyOf(from);
      to = List.copyOf(to);
    }
  }

  /**
   * What becomes of the result.
   *
   * @param specs where it goes; none for an image
   * @param tags names as written
   * @param push whether the image goes to the registries of its names
   * @param keep whether the image is kept in the local store
   * @param iidFile gets the image's id (digest of its config)
   * @param metadataFile gets the outcome as JSON
   */
  public record Output(
      List<OutputSpec> specs,
      List<String> tags,
      List<AnnotationSpec> annotations,
      boolean push,
      boolean keep,
      Optional<Path> iidFile,
      Optional<Path> metadataFile) {

    public Output {
      specs = List.copyOf(specs);
      tags = List.copyOf(tags);
      annotations = List.copyOf(annotations);
    }
  }
}
