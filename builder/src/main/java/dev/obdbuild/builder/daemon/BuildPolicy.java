package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.attest.BuilderFacts;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.worker.cdi.DeviceGrant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the daemon's configuration says about builds.
 *
 * @param entitlements that clients may be granted
 * @param layers how layers are written where an output does not say it
 * @param facts what every provenance says of the builder
 */
record BuildPolicy(Set<String> entitlements, LayerChoice layers, BuilderFacts facts) {

  BuildPolicy {
    entitlements = Set.copyOf(entitlements);
  }

  /**
   * The entitlements that a build gets: those it asks for, if all of them are allowed.
   *
   * @throws IllegalArgumentException naming one that is not
   */
  Set<String> grant(List<String> wanted) {
    for (String entitlement : wanted) {
      String right = DeviceGrant.isMeant(entitlement) ? DeviceGrant.ENTITLEMENT : entitlement;
      if (!entitlements.contains(right)) {
        throw new IllegalArgumentException(
            "granting entitlement " + right + " is not allowed by build daemon configuration");
      }
    }
    var _ = DeviceGrant.of(wanted); // refused before anything else is done
    return new LinkedHashSet<>(wanted);
  }
}
