package dev.obdbuild.builder.build;

import dev.obdbuild.frontend.plan.ImageQuery;
import dev.obdbuild.frontend.plan.ImageQuery.InLayout;
import dev.obdbuild.frontend.plan.ImageQuery.InRegistry;
import dev.obdbuild.frontend.plan.ResolvedImage;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import java.io.IOException;
import java.util.Optional;

/** What is known of sources before anything of them is fetched. Thread-safe. */
public final class SourceMetadata {

  private final Build build;

  public SourceMetadata(Build build) {
    this.build = build;
  }

  /**
   * An image.
   *
   * @param reference as it was asked for
   * @param digest of the manifest, or of the index that the name leads to
   * @param config JSON
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Image(String reference, Digest digest, byte[] config) {}

  /**
   * Asks a registry for an image.
   *
   * @param logName of the step that is shown; empty for the usual one
   */
  public Image image(String reference, Optional<Platform> platform, String logName)
      throws IOException {
    Reference parsed = Reference.parse(reference);
    ImageMetadata.Found found =
        build
            .images()
            .resolve(
                parsed,
                platform.orElseGet(Platform::host),
                logName.isEmpty() ? ImageMetadata.stepName(parsed) : logName);
    return new Image(parsed.canonical(), found.digest(), found.config());
  }

  /** What a frontend asks for. */
  ResolvedImage resolve(ImageQuery query) throws IOException {
    return switch (query.place()) {
      case InRegistry registry -> {
        ImageMetadata.Found found =
            build.images().resolve(query.reference(), query.platform(), query.stepName());
        yield new ResolvedImage(found.reference(), found.digest(), found.parsed());
      }
      case InLayout layout ->
          throw new IOException("OCI layouts are not wired yet: " + query.reference());
    };
  }
}
