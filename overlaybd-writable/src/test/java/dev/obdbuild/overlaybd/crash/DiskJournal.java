package dev.obdbuild.overlaybd.crash;

import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Notes every change of its files in their order, and makes the files again as they are after a
 * crash between any two changes, or within one.
 */
final class DiskJournal {
  private static final int SECTOR = 512;

  private record Entry(int file, Change change) {}

  private final List<Entry> entries = new ArrayList<>();
  private int files;

  /** Changes so far: a moment. */
  int now() {
    return entries.size();
  }

  /** A new file, and its number. */
  Recorded file(SparseFile content) {
    return new Recorded(content, files++);
  }

  final class Recorded implements SparseFile {
    private final SparseFile content;
    final int number;

    private Recorded(SparseFile content, int number) {
      this.content = content;
      this.number = number;
    }

    private void note(Change change) {
      entries.add(new Entry(number, change));
    }

    @Override
    public long size() {
      return content.size();
    }

    @Override
    public void read(long offset, MemorySegment dst) throws IOException {
      content.read(offset, dst);
    }

    @Override
    public void write(long offset, MemorySegment src) throws IOException {
      content.write(offset, src);
      note(new Change.Write(offset, src.toArray(ValueLayout.JAVA_BYTE)));
    }

    @Override
    public void punch(long offset, long length) throws IOException {
      content.punch(offset, length);
      note(new Change.Punch(offset, length));
    }

    @Override
    public void truncate(long size) throws IOException {
      content.truncate(size);
      note(new Change.Truncate(size));
    }

    @Override
    public void force() throws IOException {
      content.force();
      note(new Change.Force());
    }

    @Override
    public void close() throws IOException {
      content.close();
    }
  }

  private List<Change> of(int file, int moment) {
    return entries.subList(0, moment).stream()
        .filter(entry -> entry.file() == file)
        .map(Entry::change)
        .toList();
  }

  /** Whether the file has changes that no flush has followed. */
  boolean unforced(int file, int moment) {
    List<Change> changes = of(file, moment);
    return !changes.isEmpty() && !(changes.getLast() instanceof Change.Force);
  }

  /**
   * The file after its process was killed: all that was written is there, and of the write under
   * way a part.
   *
   * @param grain the part ends at a multiple of this; the kernel copies page by page and looks for
   *     signals in between
   */
  MemoryFile killed(int file, int moment, int grain, SplittableRandom random) {
    DiskImage image = new DiskImage();
    of(file, moment).forEach(image::apply);
    if (moment < entries.size()
        && entries.get(moment).file() == file
        && entries.get(moment).change() instanceof Change.Write write) {
      long end = write.offset() + random.nextInt(write.bytes().length + 1);
      int part = (int) Math.max(0, end / grain * grain - write.offset());
      image.apply(new Change.Write(write.offset(), Arrays.copyOf(write.bytes(), part)));
    }
    return image.toFile();
  }

  /**
   * The file after a power cut: what was forced is there; of what was written since, the disk has
   * for each sector any of its versions, and any size that the file had meanwhile.
   *
   * @param fresh whether a block that was a hole may be there in part: filesystems with delayed
   *     allocation make it visible when its data is on the disk
   */
  MemoryFile unplugged(int file, int moment, boolean fresh, SplittableRandom random) {
    List<Change> changes = of(file, moment);
    int forced = changes.lastIndexOf(new Change.Force()) + 1;
    DiskImage image = new DiskImage();
    changes.subList(0, forced).forEach(image::apply);
    Map<Long, List<byte @Nullable []>> blocks = new TreeMap<>();
    List<Long> sizes = new ArrayList<>(List.of(image.size()));
    for (Change change : changes.subList(forced, changes.size())) {
      List<Long> touched = image.touchedBy(change);
      touched.forEach(number -> versions(blocks, number, image));
      image.apply(change);
      touched.forEach(number -> versions(blocks, number, image).add(image.block(number)));
      sizes.add(image.size());
    }
    // Now and then the disk has everything, or nothing.
    int mood = random.nextInt(6);
    blocks.forEach((number, versions) -> image.put(number, picked(versions, mood, fresh, random)));
    image.resize(size(sizes, mood, random));
    return image.toFile();
  }

  /** What a block was since the flush; begins with what {@code image} has. */
  private static List<byte @Nullable []> versions(
      Map<Long, List<byte @Nullable []>> blocks, long number, DiskImage image) {
    return blocks.computeIfAbsent(
        number,
        n -> {
          List<byte @Nullable []> first = new ArrayList<>();
          first.add(image.block(n));
          return first;
        });
  }

  private static byte @Nullable [] picked(
      List<byte @Nullable []> versions, int mood, boolean fresh, SplittableRandom random) {
    if (versions.contains(null) && !fresh) {
      return one(versions, mood, random);
    }
    byte[] torn = new byte[DiskImage.BLOCK];
    for (int at = 0; at < torn.length; at += SECTOR) {
      byte[] from = one(versions, mood, random);
      if (from != null) {
        System.arraycopy(from, at, torn, at, SECTOR);
      }
    }
    return torn;
  }

  private static <T extends @Nullable Object> T one(
      List<T> versions, int mood, SplittableRandom random) {
    return switch (mood) {
      case 0 -> versions.getFirst();
      case 1 -> versions.getLast();
      default -> versions.get(random.nextInt(versions.size()));
    };
  }

  private static long size(List<Long> sizes, int mood, SplittableRandom random) {
    long picked = one(sizes, mood, random);
    long least = sizes.getFirst();
    // A file that grew may end anywhere between.
    return mood > 3 && picked > least ? random.nextLong(least, picked + 1) : picked;
  }
}
