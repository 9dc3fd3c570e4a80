package dev.obdbuild.overlaybd.crash;

import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerCommit;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random writes, discards and flushes of a writable layer over a lower one, with what the device
 * showed after each.
 */
final class Past {
  static final int SECTOR = 512;

  /**
   * One operation.
   *
   * @param from the journal's moment when it began
   * @param until when it had ended
   * @param flush whether it was a flush
   * @param shown the whole device afterwards
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Moment(int from, int until, boolean flush, byte[] shown) {}

  final LayerStack below;
  final List<Moment> moments = new ArrayList<>();
  private final DiskJournal journal;
  private final int size;

  /**
   * @param size of the device in bytes, not always whole blocks
   */
  Past(DiskJournal journal, int size, SplittableRandom random) throws IOException {
    this.journal = journal;
    this.size = size;
    SparseLayer lower = SparseLayer.create(new MemoryFile(), size);
    for (int i = 0; i < 12; i++) {
      int length = SECTOR * (1 + random.nextInt(20));
      lower.write(place(length, random), MemorySegment.ofArray(SplitRandom.bytes(random, length)));
    }
    MemoryFile file = new MemoryFile();
    Layer frozen = lower.freeze();
    LayerCommit.write(frozen.index(), frozen.data(), CommitOptions.of(size), file);
    below = LayerStack.of(List.of(Layer.open(file, "lower")), size);
    byte[] shown = new byte[size];
    below.read(0, MemorySegment.ofArray(shown));
    moments.add(new Moment(journal.now(), journal.now(), true, shown));
  }

  private long place(int length, SplittableRandom random) {
    return SECTOR * (long) random.nextInt((size - length) / SECTOR + 1);
  }

  void operate(WritableLayer layer, int operations, SplittableRandom random) throws IOException {
    for (int i = 0; i < operations; i++) {
      int from = journal.now();
      byte[] shown = moments.getLast().shown().clone();
      int kind = random.nextInt(150);
      int length = SECTOR * (1 + random.nextInt(random.nextInt(4) == 0 ? 60 : 12));
      long at = place(length, random);
      if (kind == 0) {
        layer.force();
      } else if (kind < 50) {
        layer.discard(at, length, below);
        Arrays.fill(shown, (int) at, (int) at + length, (byte) 0);
      } else {
        byte[] bytes = SplitRandom.bytes(random, length);
        layer.write(at, MemorySegment.ofArray(bytes), below);
        System.arraycopy(bytes, 0, shown, (int) at, length);
      }
      moments.add(new Moment(from, journal.now(), kind == 0, shown));
    }
  }

  byte[] shown(WritableLayer layer) throws IOException {
    byte[] got = new byte[size];
    layer.read(0, MemorySegment.ofArray(got), below);
    return got;
  }

  /** The last operation that a crash at {@code moment} must not undo. */
  int kept(int moment, boolean unplugged) {
    int kept = 0;
    for (int i = 0; i < moments.size(); i++) {
      if (moments.get(i).until() <= moment && (moments.get(i).flush() || !unplugged)) {
        kept = i;
      }
    }
    return kept;
  }

  /** The last operation that had begun. */
  int begun(int moment) {
    int begun = 0;
    for (int i = 0; i < moments.size(); i++) {
      if (moments.get(i).from() <= moment) {
        begun = i;
      }
    }
    return begun;
  }
}
