package dev.obdbuild.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LayerTypesTest {

  private static final String OCI = "application/vnd.oci.image.layer.";
  private static final String DOCKER = "application/vnd.docker.image.rootfs.";

  @ParameterizedTest
  @CsvSource({
    "v1.tar,diff.tar",
    "v1.tar+gzip,diff.tar.gzip",
    "v1.tar+zstd,diff.tar.zstd",
    "nondistributable.v1.tar,foreign.diff.tar",
    "nondistributable.v1.tar+gzip,foreign.diff.tar.gzip",
  })
  void every_type_has_a_form_of_both(String oci, String docker) {
    assertThat(LayerTypes.of(DOCKER + docker, World.ORDINARY)).isEqualTo(OCI + oci);
    assertThat(LayerTypes.of(OCI + oci, World.ORDINARY)).isEqualTo(OCI + oci);
    assertThat(LayerTypes.of(OCI + oci, World.DOCKER)).isEqualTo(DOCKER + docker);
    boolean foreign = docker.startsWith("foreign");
    assertThat(LayerTypes.foreign(OCI + oci)).isEqualTo(foreign);
    assertThat(LayerTypes.foreign(DOCKER + docker)).isEqualTo(foreign);
    assertThat(LayerTypes.distributable(OCI + oci))
        .isEqualTo(OCI + oci.replace("nondistributable.", ""));
    assertThat(LayerTypes.distributable(DOCKER + docker))
        .isEqualTo(DOCKER + docker.replace("foreign.", ""));
  }

  @ParameterizedTest
  @CsvSource("application/octet-stream")
  void a_type_that_is_not_known_stays(String type) {
    assertThat(LayerTypes.of(type, World.DOCKER)).isEqualTo(type);
  }
}
