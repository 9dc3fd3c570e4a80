package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecOp.NetworkMode;
import dev.obdbuild.llb.LinuxResources;
import dev.obdbuild.oci.image.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The options of a build, understood.
 *
 * @param platform the wanted platform; empty takes the worker's, or what the base image has
 * @param multiPlatform whether steps show the platform they are for
 * @param noCache stages to build anew; present and empty is all
 * @param shmSize bytes, 0 for the default
 */
record BuildConfig(
    String filename,
    String target,
    Map<String, String> buildArgs,
    Map<String, String> labels,
    Optional<Platform> platform,
    boolean multiPlatform,
    Platform worker,
    Optional<List<String>> noCache,
    List<ExecMeta.HostIp> extraHosts,
    long shmSize,
    List<ExecMeta.Ulimit> ulimits,
    Optional<LinuxResources> resources,
    String cgroupParent,
    NetworkMode network,
    String hostname,
    ResolveMode resolveMode,
    ContextOptions contexts) {

  Optional<String> buildArg(String name) {
    return Optional.ofNullable(buildArgs.get(name));
  }

  /** The namespace of cache mounts. */
  String cacheNamespace() {
    return buildArgs.getOrDefault("BUILDKIT_CACHE_MOUNT_NS", "");
  }

  /** Whether a stage is to be built anew. */
  boolean isNoCache(String stage) {
    return noCache.isPresent()
        && (noCache.get().isEmpty()
            || noCache.get().stream().anyMatch(name -> name.equalsIgnoreCase(stage)));
  }

  /** The platform that is built unless a stage says otherwise. */
  Platform targetPlatform() {
    return platform.orElse(worker);
  }
}
