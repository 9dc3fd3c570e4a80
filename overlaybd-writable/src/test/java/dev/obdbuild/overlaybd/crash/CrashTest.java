package dev.obdbuild.overlaybd.crash;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.LogLayer;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever moment a process is killed at, or the power fails, a layer opens as it had to. */
class CrashTest {
  private static final int SIZE = 96 * 1024 + 512;
  private static final int OPERATIONS = 400;
  private static final int POWER_CUTS = 1;

  /** A layer's two files after a crash. */
  private record Left(MemoryFile data, MemoryFile index) {
    WritableLayer open() throws IOException {
      return WritableLayer.open(data, index, data, "left");
    }
  }

  private static Left left(
      DiskJournal journal,
      List<DiskJournal.Recorded> files,
      int moment,
      boolean unplugged,
      SplittableRandom random) {
    boolean log = files.size() > 1;
    List<MemoryFile> made =
        files.stream()
            .map(
                file ->
                    unplugged
                        ? journal.unplugged(file.number, moment, log, random)
                        : journal.killed(file.number, moment, log ? 1 : 4096, random))
            .toList();
    return new Left(made.getFirst(), log ? made.getLast() : new MemoryFile());
  }

  private interface Check {
    void check(int moment, boolean unplugged) throws IOException;
  }

  /**
   * All moments from {@code first} on, killed once and unplugged some times; more often while
   * changes of {@code file} are on their way to the disk.
   */
  private static void everywhere(int first, DiskJournal journal, int file, Check check)
      throws IOException {
    for (int moment = first; moment <= journal.now(); moment++) {
      check.check(moment, false);
      for (int i = journal.unforced(file, moment) ? 60 * POWER_CUTS : POWER_CUTS; i > 0; i--) {
        check.check(moment, true);
      }
    }
  }

  @Test
  void a_log_layer_is_a_prefix_of_what_was_done_with_all_that_was_flushed() {
    SplitRandom.run(
        random -> {
          DiskJournal journal = new DiskJournal();
          List<DiskJournal.Recorded> files =
              List.of(journal.file(new MemoryFile()), journal.file(new MemoryFile()));
          LogLayer layer = LogLayer.create(files.getFirst(), files.getLast(), SIZE);
          layer.force();
          Past past = new Past(journal, SIZE, random);
          int first = journal.now();
          past.operate(layer, OPERATIONS, random);
          everywhere(
              first,
              journal,
              files.getLast().number,
              (moment, unplugged) -> {
                Left left = left(journal, files, moment, unplugged, random);
                int found = prefix(past, past.shown(left.open()), moment);
                goesOn(past, left, found, random);
              });
        });
  }

  /** Which operation the layer shows as the last one. */
  private static int prefix(Past past, byte[] shown, int moment) {
    int least = past.kept(moment, true);
    int most = past.begun(moment);
    for (int i = most; i >= least; i--) {
      if (Arrays.equals(shown, past.moments.get(i).shown())) {
        return i;
      }
    }
    return fail("at moment %d the layer is none of states %d to %d", moment, least, most);
  }

  /** What the crash left behind the prefix does not come back, whatever is written over it. */
  private static void goesOn(Past past, Left left, int found, SplittableRandom random)
      throws IOException {
    WritableLayer layer = left.open();
    byte[] shown = past.moments.get(found).shown().clone();
    for (int i = random.nextInt(100); i >= 0; i--) {
      byte[] bytes = SplitRandom.bytes(random, 512);
      int at = 512 * random.nextInt(SIZE / 512);
      layer.write(at, MemorySegment.ofArray(bytes), past.below);
      System.arraycopy(bytes, 0, shown, at, 512);
    }
    layer.force();
    assertThat(past.shown(left.open())).isEqualTo(shown);
  }

  @Test
  void a_sparse_layer_has_of_each_sector_what_was_flushed_or_what_was_written_since() {
    SplitRandom.run(
        random -> {
          DiskJournal journal = new DiskJournal();
          MemoryFile content = new MemoryFile();
          DiskJournal.Recorded file = journal.file(content);
          SparseLayer.create(file, SIZE).force();
          Past past = new Past(journal, SIZE, random);
          int first = journal.now();
          past.operate(SparseLayer.open(file, content, "sparse"), OPERATIONS, random);
          everywhere(
              first,
              journal,
              -1,
              (moment, unplugged) -> {
                Left left = left(journal, List.of(file), moment, unplugged, random);
                sectors(past, past.shown(left.open()), moment, unplugged);
              });
        });
  }

  @Test
  void a_journalled_layer_outlives_a_kill_with_all_that_was_acknowledged() {
    SplitRandom.run(
        random -> {
          DiskJournal journal = new DiskJournal();
          DiskJournal.Recorded data = journal.file(new MemoryFile());
          DiskJournal.Recorded notes = journal.file(new MemoryFile());
          SparseLayer layer =
              SparseLayer.createJournalled(data, notes, SIZE, LayerIdentity.random());
          Past past = new Past(journal, SIZE, random);
          int first = journal.now();
          past.operate(layer, OPERATIONS, random);
          for (int moment = first; moment <= journal.now(); moment++) {
            SparseLayer again =
                SparseLayer.reopen(
                    journal.killed(data.number, moment, 4096, random),
                    journal.killed(notes.number, moment, 1, random),
                    past.below,
                    "left");
            sectors(past, past.shown(again), moment, false);
          }
        });
  }

  private static void sectors(Past past, byte[] shown, int moment, boolean unplugged) {
    int least = past.kept(moment, unplugged);
    int most = past.begun(moment);
    for (int at = 0; at < SIZE; at += 512) {
      boolean known = false;
      for (int i = least; i <= most && !known; i++) {
        known = Arrays.equals(shown, at, at + 512, past.moments.get(i).shown(), at, at + 512);
      }
      assertThat(known)
          .as("sector %d at moment %d is what it was at one of %d to %d", at, moment, least, most)
          .isTrue();
    }
  }

  @Test
  void more_records_than_are_held_back_keep_their_order() {
    SplitRandom.run(
        random -> {
          DiskJournal journal = new DiskJournal();
          List<DiskJournal.Recorded> files =
              List.of(journal.file(new MemoryFile()), journal.file(new MemoryFile()));
          int sectors = 9;
          LogLayer layer = LogLayer.create(files.getFirst(), files.getLast(), sectors * 512);
          layer.force();
          int first = journal.now();
          for (int i = 0; i < 40_000; i++) {
            layer.write(i % sectors * 512L, MemorySegment.ofArray(counted(i)));
          }
          int reached = 0;
          for (int round = 0; round < 60; round++) {
            // Half of them where the records went to the file and what follows is not forced.
            int moment =
                round % 2 == 0
                    ? journal.now() - random.nextInt(3000)
                    : first + random.nextInt(journal.now() - first);
            Left left = left(journal, files, moment, round % 3 > 0, random);
            reached = Math.max(reached, ordered(left.open(), sectors));
          }
          assertThat(reached).isGreaterThanOrEqualTo(16_384);
        });
  }

  private static byte[] counted(int number) {
    byte[] bytes = new byte[512];
    MemorySegment.ofArray(bytes).fill((byte) (number >> 3));
    MemorySegment.ofArray(bytes).set(JAVA_INT_UNALIGNED, 0, number + 1);
    return bytes;
  }

  /** Sectors written in turns show numbers in a row. */
  private static int ordered(WritableLayer layer, int sectors) throws IOException {
    byte[] got = new byte[sectors * 512];
    MemorySegment all = MemorySegment.ofArray(got);
    layer.read(0, all, LayerStack.of(List.of(), got.length));
    int last = 0;
    for (int i = 0; i < sectors; i++) {
      last = Math.max(last, all.get(JAVA_INT_UNALIGNED, i * 512L));
    }
    for (int number = Math.max(0, last - sectors); number < last; number++) {
      int at = number % sectors * 512;
      assertThat(Arrays.copyOfRange(got, at, at + 512))
          .as("number %d of %d", number, last)
          .isEqualTo(counted(number));
    }
    return last;
  }

  @Test
  void sealing_in_place_is_all_or_nothing() {
    SplitRandom.run(
        random -> {
          for (boolean sparse : new boolean[] {true, false}) {
            DiskJournal journal = new DiskJournal();
            MemoryFile content = new MemoryFile();
            DiskJournal.Recorded data = journal.file(content);
            DiskJournal.Recorded index = journal.file(new MemoryFile());
            (sparse ? SparseLayer.create(data, SIZE) : LogLayer.create(data, index, SIZE)).force();
            Past past = new Past(journal, SIZE, random);
            WritableLayer layer = WritableLayer.open(data, index, content, "sealed");
            past.operate(layer, OPERATIONS, random);
            layer.force();
            int first = journal.now();
            byte[] shown = past.moments.getLast().shown();
            layer.seal().close();
            int[] whole = new int[1];
            everywhere(
                first,
                journal,
                data.number,
                (moment, unplugged) -> {
                  Left left = left(journal, List.of(data, index), moment, unplugged, random);
                  whole[0] += wholeOrNone(left.data(), past, shown) ? 1 : 0;
                  if (!sparse && moment < journal.now()) {
                    assertThat(past.shown(left.open())).isEqualTo(shown);
                  }
                });
            assertThat(whole[0]).isPositive();
          }
        });
  }

  private static boolean wholeOrNone(MemoryFile data, Past past, byte[] shown) throws IOException {
    try {
      Layer layer = Layer.open(data, "sealed");
      byte[] got = new byte[SIZE];
      past.below.plus(layer).read(0, MemorySegment.ofArray(got));
      assertThat(got).isEqualTo(shown);
      return true;
    } catch (FormatException notSealed) {
      return false;
    }
  }
}
