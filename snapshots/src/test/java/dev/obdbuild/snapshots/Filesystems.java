package dev.obdbuild.snapshots;

import dev.obdbuild.backstore.device.HostSparseFile;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.overlaybd.layer.SealedLayerWriter;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.snapshots.TestStore.Files4Blobs;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Foreign images of one layer, and stores that make filesystems of other kinds. */
final class Filesystems {
  static final long SIZE = 2L << 30;

  private Filesystems() {}

  static NewFilesystem of(String text) {
    return NewFilesystem.of(SIZE).as(text);
  }

  /** The bytes of {@code image} as an overlaybd image of one layer in a registry. */
  static ImageBase base(Path folder, Path image, Files4Blobs registry) throws IOException {
    Path raw = folder.resolve(image.getFileName() + ".raw");
    Path blob = folder.resolve(image.getFileName() + ".obd");
    long size = Files.size(image);
    try (SparseLayer layer =
            SparseLayer.create(HostSparseFile.create(raw), size, LayerIdentity.random());
        RandomAccessFile in = new RandomAccessFile(image.toFile(), "r")) {
      byte[] block = new byte[4096];
      byte[] zeros = new byte[4096];
      for (long at = 0; at < size; at += block.length) {
        in.seek(at);
        in.readFully(block, 0, (int) Math.min(block.length, size - at));
        if (!java.util.Arrays.equals(block, zeros)) {
          layer.write(at, MemorySegment.ofArray(block));
        }
      }
      try (Layer frozen = layer.freeze()) {
        var _ =
            SealedLayerWriter.seal(
                frozen.index(),
                frozen.data(),
                new CommitOptions(size, frozen.uuid(), "", ""),
                Optional.empty(),
                true,
                blob,
                0);
      }
    }
    Digest digest = Digest.sha256(Files.readAllBytes(blob));
    registry.files.put(digest.toString(), blob);
    Descriptor descriptor =
        new Descriptor(MediaTypes.OCI_LAYER, digest, Files.size(blob))
            .withAnnotations(OverlaybdAnnotations.of(digest, Files.size(blob), Optional.empty()));
    return new ImageBase(
        "foreign", List.of(descriptor), List.of(digest), new Repository("registry", "foreign"));
  }

  /** Runs a program; its output. */
  static String run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output;
  }
}
