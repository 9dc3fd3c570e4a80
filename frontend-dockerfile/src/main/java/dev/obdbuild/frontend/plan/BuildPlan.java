package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.Warning;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a Dockerfile asks for.
 *
 * @param graph the layers
 * @param scanned what else a scan for packages is to look into, by name
 * @param config the image's config. Its {@code diffIds} are the base's only, it has no {@code
 *     created}, and new history entries have none unless there is an epoch: whoever has the layers
 *     fills them in
 * @param base the config of the base image of the target; empty for {@code FROM scratch}
 * @param platform what was asked for, or this machine's: an index calls the image by it
 * @param epoch the time everything is dated at, if the user gave one
 * @param ignoreCache whether the target stage, or one that is scanned, was asked to be built anew
 */
public record BuildPlan(
    Graph graph,
    SortedMap<String, Graph> scanned,
    ImageConfig config,
    Optional<ImageConfig> base,
    Platform platform,
    List<Warning> warnings,
    Optional<Instant> epoch,
    boolean ignoreCache) {

  public BuildPlan {
    scanned = Collections.unmodifiableSortedMap(new TreeMap<>(scanned));
    warnings = List.copyOf(warnings);
  }

  /**
   * The platform of the image in an index: what was asked for and, as machines with Windows run
   * only what was made for their version, the version that the base image names.
   */
  public Platform exported() {
    Platform image = config.platform();
    if (!platform.os().equals("windows") || !image.os().equals("windows")) {
      return platform;
    }
    return new Platform(
        platform.os(),
        platform.architecture(),
        platform.variant(),
        platform.osVersion().isEmpty() ? image.osVersion() : platform.osVersion(),
        platform.osFeatures().isEmpty() ? image.osFeatures() : platform.osFeatures());
  }
}
