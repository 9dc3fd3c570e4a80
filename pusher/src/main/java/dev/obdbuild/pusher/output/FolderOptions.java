package dev.obdbuild.pusher.output;

import java.util.Optional;

/**
 * What the exporters of files have in common.
 *
 * @param attestationPrefix put before the names of attestation files
 * @param platformSplit whether each platform has a folder of its own; empty when not told
 */
public record FolderOptions(
    EpochChoice epoch, String attestationPrefix, Optional<Boolean> platformSplit) {

  static FolderOptions take(Attributes attributes) {
    return new FolderOptions(
        EpochChoice.take(attributes),
        attributes.text("attestation-prefix").orElse(""),
        attributes.flag("platform-split"));
  }

  /**
   * Whether each platform gets a folder of its own.
   *
   * @param multiPlatform whether the build was asked for platforms, be it only one
   */
  public boolean split(boolean multiPlatform) {
    return platformSplit.orElse(multiPlatform);
  }
}
