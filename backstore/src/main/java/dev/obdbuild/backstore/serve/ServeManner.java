package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.audit.AuditLog;
import dev.obdbuild.backstore.device.DeviceChoice;
import java.util.Optional;

/**
 * How a server serves.
 *
 * @param keeping whether devices outlive a kill of the process
 * @param audit where slow reads are written down; borrowed
 */
public record ServeManner(DeviceChoice device, boolean keeping, Optional<AuditLog> audit) {
  /** By the best that the kernel offers, keeping devices, without an audit log. */
  public static ServeManner standard() {
    return new ServeManner(DeviceChoice.AUTO, true, Optional.empty());
  }

  /** The same, but devices go with the process where the kernel lets them. */
  public ServeManner withoutKeepers() {
    return new ServeManner(device, false, audit);
  }
}
