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
 * @param context the folder that COPY and ADD read
 * @param dockerfile path of the Dockerfile; empty for the one in the context
 * @param secrets values that RUN steps may mount
 * @param entitlements what RUN steps may ask for: {@code network.host}, {@code security.insecure}
 */
public record BuildOptions(
    Path context,
    Optional<Path> dockerfile,
    Dockerfile frontend,
    List<SecretSpec> secrets,
    Set<String> entitlements,
    Output output,
    ProgressMode progress,
    HostOptions host) {

  public BuildOptions {
    secrets = List.copyOf(secrets);
    entitlements = Set.copyOf(entitlements);
  }

  /**
   * What the Dockerfile is built with.
   *
   * @param noCacheStages stages that are built anew; all of them when {@code noCache}
   * @param network mode of RUN steps: {@code default}, {@code host}, {@code none}
   * @param shmSize bytes, 0 for the default
   * @param platform empty for this host's
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
      Optional<String> platform) {

    public Dockerfile {
      buildArgs = Map.copyOf(buildArgs);
      noCacheStages = List.copyOf(noCacheStages);
      labels = Map.copyOf(labels);
      addHosts = List.copyOf(addHosts);
      ulimits = List.copyOf(ulimits);
    }
  }

  /**
   * What becomes of the image.
   *
   * @param tags names as written
   * @param push whether it goes to the registries of its names
   * @param keep whether it is kept in the local store
   * @param iidFile gets the image's id (digest of its config)
   * @param metadataFile gets the outcome as JSON
   */
  public record Output(
      List<String> tags,
      boolean push,
      boolean keep,
      Optional<Path> iidFile,
      Optional<Path> metadataFile) {

    public Output {
      tags = List.copyOf(tags);
    }
  }
}
