package dev.obdbuild.builder.export;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.cache.BuildCaches;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.pusher.LayerChain;
import dev.obdbuild.pusher.PlatformImage;
import dev.obdbuild.pusher.output.ImageOptions;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.snapshots.changeset.TarFormat;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Results as images to be made, with the kinds of layers that an output wants. */
record ImageMaker(Build build) {

  /** What is to become the image for each platform. */
  List<PlatformImage> platforms(ImageOptions options, Results results) throws IOException {
    List<PlatformImage> images = new ArrayList<>();
    for (SolvedPart part : results.parts()) {
      images.add(image(options, part, results));
    }
    return images;
  }

  private PlatformImage image(ImageOptions options, SolvedPart part, Results results)
      throws IOException {
    LayerChoice choice = options.layers();
    Optional<Instant> epoch = options.epoch().or(part.epoch());
    Optional<LayerChain> ordinary = Optional.empty();
    if (choice.ordinary()) {
      TarFormat format = format(choice, options.rewriteTimestamp() ? epoch : Optional.empty());
      List<LayerSource> layers = build.engine().snapshots().tarLayers(part.snapshot(), format);
      ordinary = Optional.of(part.chain(layers));
    }
    Optional<LayerChain> blocks =
        choice.overlaybd() ? Optional.of(part.chain(part.snapshot().layers())) : Optional.empty();
    return new PlatformImage(
        part.platform(),
        ordinary,
        blocks,
        BuildCaches.withoutInline(part.config()),
        part.baseHistory(),
        epoch,
        results.attested().of(part),
        BuildCaches.inline(results.caches(), part.snapshot(), part.trail().stream().toList()));
  }

  private static TarFormat format(LayerChoice choice, Optional<Instant> latest) {
    TarFormat format =
        switch (choice.codec()) {
          case GZIP -> TarFormat.GZIP;
          case ZSTD -> TarFormat.ZSTD;
          case UNCOMPRESSED -> TarFormat.UNCOMPRESSED;
        };
    if (choice.level().isPresent() && choice.codec() != LayerChoice.Codec.UNCOMPRESSED) {
      format = format.withLevel(choice.level().getAsInt());
    }
    if (latest.isPresent()) {
      format = format.withEpoch(latest.get());
    }
    return choice.force() ? format.forced() : format;
  }
}
