package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.config.ImageSpec;
import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.prefetch.AccelerationLayer;
import dev.obdbuild.backstore.prefetch.PriorityReplay;
import dev.obdbuild.backstore.prefetch.RecordedDevice;
import dev.obdbuild.backstore.prefetch.TraceReplay;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an image's configuration says about prefetching, while the image is attached: a trace that
 * is replayed, or one that is recorded. Close it before the layers.
 */
sealed interface AttachedTrace extends AutoCloseable {

  /** The device to export in place of {@code device}. */
  default BlockDevice on(BlockDevice device, LayerStack stack) {
    return device;
  }

  @Override
  void close() throws IOException;

  /** Neither. */
  record None() implements AttachedTrace {
    @Override
    public void close() {}
  }

  /** Read again in the background. */
  record Replayed(TraceReplay replay) implements AttachedTrace {
    @Override
    public void close() {
      replay.close();
    }
  }

  /** Files of a list, found and read. */
  record Listed(PriorityReplay replay) implements AttachedTrace {
    @Override
    public void close() {
      replay.close();
    }
  }

  /** Written down. */
  record Recorded(TraceRecording recording) implements AttachedTrace {
    @Override
    public BlockDevice on(BlockDevice device, LayerStack stack) {
      return new RecordedDevice(device, () -> stack, recording.recorder());
    }

    @Override
    public void close() throws IOException {
      recording.close();
    }
  }

  /**
   * Begins with what the configuration wants. A trace that cannot be used is told in the log: the
   * device works without.
   *
   * @param stack the layers of the filesystem
   */
  static AttachedTrace start(ImageSpec image, LayerStack stack, int concurrency, AttachLog log)
      throws IOException {
    Optional<Path> file =
        image.accelerationLayer() && !image.lowers().isEmpty()
            ? image.lowers().getLast().trace()
            : image.trace();
    if (file.isEmpty()) {
      return new None();
    }
    if (!Files.isRegularFile(file.get())) {
      log.line("no prefetch: there is no trace " + file.get());
      return new None();
    }
    if (Files.size(file.get()) == 0) {
      return image.accelerationLayer()
          ? new None()
          : new Recorded(TraceRecording.start(file.get(), log));
    }
    return replayed(file.get(), stack, concurrency, log);
  }

  private static AttachedTrace replayed(
      Path file, LayerStack stack, int concurrency, AttachLog log) {
    List<TraceRecord> trace;
    try {
      Optional<List<String>> list = PathList.read(file);
      if (list.isPresent()) {
        return new Listed(PriorityReplay.start(stack, list.get(), concurrency, log::line));
      }
      trace = AccelerationLayer.read(file);
    } catch (IOException e) {
      log.line("no prefetch: " + e.getMessage());
      return new None();
    }
    return new Replayed(TraceReplay.start(trace, stack.layers(), concurrency, log::line));
  }
}
