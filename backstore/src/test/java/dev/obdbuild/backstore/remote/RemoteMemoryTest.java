package dev.obdbuild.backstore.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.backstore.remote.LayerSamples.Shape;
import dev.obdbuild.testkit.ChildJvm;
import dev.obdbuild.testkit.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteMemoryTest {

  private static final Shape SHAPE = new Shape(16 << 20, 8, 1 << 20, 1 << 20);

  @TempDir Path folder;

  /** The child has a heap of 256 MiB; its cache is too small for what it reads. */
  @Test
  void twenty_layers_read_by_sixty_readers_need_little_memory() throws Exception {
    try (TestRegistry registry = TestRegistry.start()) {
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  folder.toString(),
                  Integer.toString(40 << 20),
                  registry.host(),
                  Integer.toString(8 << 20)));
      for (int i = 0; i < 20; i++) {
        byte[] blob = LayerSamples.blob(SHAPE, i);
        arguments.add(registry.putBlob("r", blob) + "=" + blob.length);
      }
      Process child = ChildJvm.start(ManyLayers.class, arguments.toArray(String[]::new));
      assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).isZero();
    }
  }
}
