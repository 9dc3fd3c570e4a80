package dev.obdbuild.pusher.tree;

import dev.obdbuild.pusher.attest.Attestation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The files of the result for one platform.
 *
 * @param id of the platform, {@code linux/amd64}
 * @param epoch what every file is dated, if anything
 */
public record PlatformFiles(
    String id, ExportTree files, List<Attestation> attestations, Optional<Instant> epoch) {

  public PlatformFiles {
    attestations = List.copyOf(attestations);
  }

  /** Name of the platform's folder where platforms are split. */
  public String folder() {
    return id.replace('/', '_');
  }
}
