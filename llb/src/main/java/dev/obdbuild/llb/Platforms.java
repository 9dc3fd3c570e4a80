package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Platform;
import java.util.Optional;

/** Platforms to and from {@code pb.Platform}. */
public final class Platforms {
  private Platforms() {}

  public static dev.obdbuild.protos.pb.Platform toProto(Platform p) {
    return dev.obdbuild.protos.pb.Platform.newBuilder()
        .setArchitecture(p.architecture())
        .setOS(p.os())
        .setVariant(p.variant().orElse(""))
        .setOSVersion(p.osVersion())
        .addAllOSFeatures(p.osFeatures())
        .build();
  }

  public static Platform fromProto(dev.obdbuild.protos.pb.Platform p) {
    Optional<String> variant =
        p.getVariant().isEmpty() ? Optional.empty() : Optional.of(p.getVariant());
    return new Platform(
        p.getOS(), p.getArchitecture(), variant, p.getOSVersion(), p.getOSFeaturesList());
  }
}
