package dev.obdbuild.snapshots.store;

import java.time.Instant;
import java.util.Optional;

/**
 * What the store knows of one layer, whatever forms it has: raw files, sealed blobs, a blob in a
 * registry.
 *
 * @param id name of the layer in this store (and of its raw directory)
 * @param uuid identity written into its commits; {@code parentUuid} that of the layer below (nil
 *     for none)
 * @param virtualSize bytes of the device
 * @param raw the raw form, when there is one
 * @param remote JSON of the place in a registry, when it lives there
 */
public record LayerRow(
    String id,
    String uuid,
    String parentUuid,
    long virtualSize,
    Optional<RawForm> raw,
    Optional<String> remote,
    Instant created) {

  /**
   * The unsealed form.
   *
   * @param bytes stored bytes
   * @param boot kernel boot during which it was written; without {@code synced} it is trusted
   *     during that boot only
   * @param synced its files were forced to disk
   */
  public record RawForm(long bytes, String boot, boolean synced) {}
}
