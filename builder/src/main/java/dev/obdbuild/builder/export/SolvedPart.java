package dev.obdbuild.builder.export;

import dev.obdbuild.builder.attest.BuildAttestations;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.build.Ref;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.pusher.LayerChain;
import dev.obdbuild.pusher.output.EpochChoice;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.CacheTrail;
import dev.obdbuild.worker.WorkerResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The result for one platform, carried out.
 *
 * @param key of the platform in the result; empty where there is only one
 * @param ref empty for an empty filesystem
 * @param config the image's, as the frontend planned it
 * @param base the base image's
 * @param epoch as the frontend says it
 */
record SolvedPart(
    String key,
    Optional<Ref> ref,
    Platform platform,
    Snapshot snapshot,
    ImageConfig config,
    Optional<ImageConfig> base,
    Optional<Instant> epoch) {

  private static final String CONFIG = "containerimage.config";
  private static final String BASE = "containerimage.base.config";
  private static final String EPOCH = "source.date.epoch";

  /**
   * A part with what the result's metadata says of it.
   *
   * @param key of its platform; empty where there is only one
   */
  static SolvedPart of(
      BuildResult result, String key, Optional<Ref> ref, Optional<Platform> named, Snapshot made)
      throws IOException {
    Optional<byte[]> json = metadata(result, CONFIG, key);
    ImageConfig config =
        json.isPresent()
            ? ImageConfig.parse(json.get(), CONFIG + " of the result")
            : ImageConfig.empty(named.orElseGet(Platform::host));
    Optional<byte[]> base = metadata(result, BASE, key);
    Optional<String> epoch =
        metadata(result, EPOCH, key).map(text -> new String(text, StandardCharsets.UTF_8));
    return new SolvedPart(
        key,
        ref,
        named.orElse(config.platform()),
        made,
        config,
        base.isPresent()
            ? Optional.of(ImageConfig.parse(base.get(), BASE + " of the result"))
            : Optional.empty(),
        epoch.flatMap(text -> EpochChoice.parse(EPOCH, text)));
  }

  private static Optional<byte[]> metadata(BuildResult result, String name, String key) {
    Optional<byte[]> own =
        key.isEmpty()
            ? Optional.empty()
            : Optional.ofNullable(result.metadata().get(name + "/" + key));
    return own.or(() -> Optional.ofNullable(result.metadata().get(name)));
  }

  /** Layers with the times of those that are not the base's; the base's history tells its own. */
  LayerChain chain(List<LayerSource> layers) {
    List<Instant> times = snapshot.layerTimes();
    int baseLayers = base.map(image -> image.diffIds().size()).orElse(0);
    List<Optional<Instant>> told = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      told.add(i < baseLayers ? Optional.empty() : Optional.of(epoch.orElse(times.get(i))));
    }
    return new LayerChain(layers, told);
  }

  /** The part as what is attested about. */
  BuildAttestations.Part toAttest(BuildResult result) {
    String id = key.isEmpty() ? platform.normalised().format() : key;
    return new BuildAttestations.Part(
        key,
        platform,
        ref,
        snapshot,
        result.attestations().getOrDefault(id, result.attestations().getOrDefault(key, List.of())));
  }

  /** What it came from. */
  Optional<CacheTrail<WorkerResult>> trail() {
    return ref.flatMap(Ref::trail);
  }

  /** How many entries of the history are the base image's. */
  int baseHistory() {
    return base.map(image -> image.history().size()).orElse(0);
  }
}
