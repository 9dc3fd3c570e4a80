package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.config.BlobsUrl;
import dev.obdbuild.backstore.config.ImageSpec;
import dev.obdbuild.backstore.config.LowerSpec;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The read-only layers of an image, open. Bottom first. */
final class LowerLayers implements Closeable {
  private static final int OPENERS = 128;

  private final List<Layer> layers;

  private LowerLayers(List<Layer> layers) {
    this.layers = layers;
  }

  List<Layer> layers() {
    return layers;
  }

  /** Opens a blob of a registry as a layer, which the caller closes. */
  @FunctionalInterface
  interface Remote {
    Layer open(LayerBlob blob) throws IOException;
  }

  /** Whether a layer is in no file, and so must come from a registry. */
  static boolean isRemote(LowerSpec lower) {
    return lower.files().stream().noneMatch(Files::exists);
  }

  /** Opens several layers at a time; all of them or none. */
  static LowerLayers open(ImageSpec image, Remote remote) throws IOException {
    List<LowerSpec> lowers = image.filesystem();
    List<Future<Layer>> opening = new ArrayList<>();
    List<Layer> opened = new ArrayList<>();
    IOException failure = null;
    try (ExecutorService openers =
        Executors.newFixedThreadPool(
            Math.clamp(lowers.size(), 1, OPENERS),
            Thread.ofPlatform().daemon().name("attach-open-", 0).factory())) {
      for (int i = 0; i < lowers.size(); i++) {
        int number = i;
        opening.add(openers.submit(() -> open(lowers.get(number), number, image.blobs(), remote)));
      }
      for (Future<Layer> one : opening) {
        try {
          opened.add(one.get());
        } catch (ExecutionException e) {
          failure = failure == null ? told(e) : failure;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = new IOException("interrupted while layers were being opened", e);
    }
    if (failure != null) {
      // The pool has ended: each of them is open, failed or never began.
      for (Future<Layer> one : opening) {
        if (one.state() == Future.State.SUCCESS) {
          one.resultNow().close();
        }
      }
      throw failure;
    }
    return new LowerLayers(List.copyOf(opened));
  }

  private static IOException told(ExecutionException e) {
    return e.getCause() instanceof IOException io
        ? io
        : new IOException("a layer cannot be opened: " + e.getCause(), e.getCause());
  }

  private static Layer open(LowerSpec lower, int number, Optional<BlobsUrl> blobs, Remote remote)
      throws IOException {
    for (Path file : lower.files()) {
      if (Files.isDirectory(file)) {
        throw new IOException("lowers[" + number + "]: " + file + " is a folder");
      }
      if (Files.exists(file)) {
        String name = lower.digest().isEmpty() ? file.toString() : lower.digest();
        return LayerFile.open(ChannelFile.open(file), name);
      }
    }
    String what = "lowers[" + number + "]";
    if (blobs.isEmpty()) {
      throw new IOException(what + ": " + nowhere(lower) + "there is no repoBlobUrl");
    }
    try {
      return remote.open(new LayerBlob(lower.blob(), blobs.get().repository()));
    } catch (IllegalArgumentException e) {
      throw new IOException(what + ": " + nowhere(lower) + e.getMessage(), e);
    }
  }

  private static String nowhere(LowerSpec lower) {
    return lower.files().isEmpty() ? "" : "none of " + lower.files() + " exists, and ";
  }

  @Override
  public void close() throws IOException {
    Closing closing = new Closing();
    layers.forEach(closing::add);
    closing.close();
  }
}
