package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.image.SealedLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A layer in a file, sealed from the start or when its gate opens. */
final class FileLayer implements LayerSource {

  private final SealedLayer sealed;
  private final Optional<LayerBlob> existing;
  final CountDownLatch gate;
  final AtomicInteger seals = new AtomicInteger();

  private FileLayer(SealedLayer sealed, Optional<LayerBlob> existing, int closedGates) {
    this.sealed = sealed;
    this.existing = existing;
    this.gate = new CountDownLatch(closedGates);
  }

  static FileLayer of(Path folder, byte[] content) throws IOException {
    return of(folder, content, 0);
  }

  static FileLayer gated(Path folder, byte[] content) throws IOException {
    return of(folder, content, 1);
  }

  private static FileLayer of(Path folder, byte[] content, int gates) throws IOException {
    Descriptor descriptor = Descriptor.of(MediaTypes.OCI_LAYER, content);
    Path file = Files.write(folder.resolve(descriptor.digest().hex()), content);
    return new FileLayer(
        new SealedLayer(descriptor, descriptor.digest(), file), Optional.empty(), gates);
  }

  /** The same layer as one that lies in a registry. */
  FileLayer in(Repository repository) {
    Descriptor plain = sealed.descriptor();
    Descriptor native_ =
        plain.withAnnotations(
            OverlaybdAnnotations.of(plain.digest(), plain.size(), Optional.of("ext4")));
    return new FileLayer(sealed, Optional.of(new LayerBlob(native_, repository)), 0);
  }

  /** The same layer as one of that filesystem. */
  FileLayer of(String filesystem) {
    Descriptor plain = sealed.descriptor();
    Descriptor said =
        plain.withAnnotations(
            OverlaybdAnnotations.of(plain.digest(), plain.size(), Optional.of(filesystem)));
    return new FileLayer(new SealedLayer(said, sealed.diffId(), sealed.file()), existing, 0);
  }

  Digest digest() {
    return sealed.descriptor().digest();
  }

  @Override
  public Optional<LayerBlob> existing() {
    return existing;
  }

  @Override
  public SealedLayer seal() throws IOException {
    seals.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return sealed;
  }
}
