package dev.obdbuild.backstore.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.backstore.device.DeviceSweep;
import dev.obdbuild.backstore.remote.LayerSamples.Shape;
import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.testkit.ChildJvm;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.RealRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A serving process has a heap of 256 MiB, however many devices it serves. */
@Tag("slow")
@NeedsDevice
@NeedsTool("docker-registry")
final class ManyDevicesTest {
  @TempDir Path folder = Path.of("");

  @Test
  void twentyImagesReadColdAndAtOnceShowTheirBytes() throws Exception {
    serve(20, new Shape(24 << 20, 12, 1 << 20, 2 << 20), 64L << 20);
  }

  @Test
  void fiftyImagesAtOnceWithACacheThatHoldsLittleOfThem() throws Exception {
    serve(50, new Shape(8 << 20, 3, 512 << 10, 1 << 20), 16L << 20);
  }

  private void serve(int images, Shape shape, long cacheBytes) throws Exception {
    Path files = Files.createDirectory(folder.resolve("files"));
    List<String> arguments = new ArrayList<>();
    try (RealRegistry registry = RealRegistry.start(folder)) {
      arguments.add(files.toString());
      arguments.add(folder.resolve("cache").toString());
      arguments.add(Long.toString(cacheBytes));
      arguments.add(registry.host());
      publish(registry, images, shape, arguments);
      Process child = ChildJvm.start(ExportedImages.class, arguments.toArray(String[]::new));
      try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8);
          OutputStream input = child.getOutputStream()) {
        List<Path> nodes = nodes(said);
        assertThat(nodes).hasSize(images);
        verify(nodes, shape);
        input.close();
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isZero();
      } finally {
        ChildJvm.kill(child);
        DeviceSweep.undoBelow(files);
      }
    }
    for (LoopDevice loop : LoopDevice.attached()) {
      assertThat(loop.backingFile().filter(file -> file.startsWith(folder))).isEmpty();
    }
  }

  private static void publish(
      RealRegistry registry, int images, Shape shape, List<String> arguments) throws IOException {
    try (RegistryClient client =
        new RegistryClient(RegistryConfig.defaults(), Credentials.none())) {
      for (int i = 0; i < images; i++) {
        byte[] blob = LayerSamples.blob(shape, i);
        Descriptor descriptor = LayerSamples.descriptor(blob);
        client.push(new Repository(registry.host(), "r"), descriptor.digest(), blob);
        arguments.add(descriptor.digest() + "=" + blob.length);
      }
    }
  }

  private static List<Path> nodes(BufferedReader said) throws IOException {
    List<Path> nodes = new ArrayList<>();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.equals(ExportedImages.READY)) {
        return nodes;
      }
      nodes.add(Path.of(line));
    }
    throw new IOException("the serving process ended after " + nodes);
  }

  /** Reads all of them at once, which the kernel turns into large reads ahead of each reader. */
  private static void verify(List<Path> nodes, Shape shape) throws Exception {
    try (ExecutorService readers = Executors.newCachedThreadPool()) {
      List<Future<?>> reading = new ArrayList<>();
      for (int i = 0; i < nodes.size(); i++) {
        int image = i;
        reading.add(
            readers.submit(
                () -> {
                  check(nodes.get(image), shape, image);
                  return null;
                }));
      }
      for (Future<?> one : reading) {
        one.get();
      }
    }
  }

  private static void check(Path node, Shape shape, int image) throws IOException {
    Random random = new Random(image);
    byte[] wanted = new byte[shape.length()];
    byte[] gap = new byte[(int) shape.stride() - shape.length()];
    try (InputStream in = Files.newInputStream(node)) {
      for (int i = 0; i < shape.count(); i++) {
        random.nextBytes(wanted);
        assertThat(Arrays.mismatch(in.readNBytes(wanted.length), wanted))
            .as("first wrong byte of piece %d of image %d", i, image)
            .isEqualTo(-1);
        assertThat(Arrays.equals(in.readNBytes(gap.length), gap))
            .as("zeros behind piece %d of image %d", i, image)
            .isTrue();
      }
    }
  }
}
