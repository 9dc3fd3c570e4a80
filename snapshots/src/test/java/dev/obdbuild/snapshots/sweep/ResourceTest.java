package dev.obdbuild.snapshots.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.process.ProcessIdentity;
import dev.obdbuild.snapshots.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ResourceTest {
  static Resource[] resources() {
    ProcessIdentity process = new ProcessIdentity(12, 3456);
    return new Resource[] {
      new Resource.Container("/usr/bin/crun", Path.of("/run/x y"), "c1", Optional.empty()),
      new Resource.Container("crun", Path.of("/run/x"), "c1", Optional.of(process)),
      new Resource.Child(process),
      new Resource.Mount(Path.of("/mnt/a")),
      new Resource.Temporary(Path.of("/tmp/a")),
      new Resource.Link("br0"),
      new Resource.Rule(List.of("nft", "delete table", "ip")),
    };
  }

  @ParameterizedTest
  @MethodSource("resources")
  void whatIsWrittenIsReadBack(Resource resource) throws Exception {
    assertThat(Resource.parse(resource.kind(), resource.detail())).isEqualTo(resource);
  }

  @Test
  void damagedRecordsAreRefused() {
    assertThatThrownBy(() -> Resource.parse("child", "12")).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> Resource.parse("teapot", "x")).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> new Resource.Mount(Path.of("/a\nb")).detail())
        .isInstanceOf(IllegalArgumentException.class);
  }
}
