package dev.obdbuild.backstore.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ReadAheadTest {

  private static final int MAX = 128;

  private final ReadAhead ahead = new ReadAhead(() -> MAX);

  @Test
  void random_readers_get_nothing_ahead() {
    Random random = new Random(1);
    int asked = 0;
    for (int i = 0; i < 1000; i++) {
      int block = random.nextInt(10_000_000);
      asked += ahead.beyond(block, block).isPresent() ? 1 : 0;
    }
    assertThat(asked).isLessThan(3);
  }

  @Test
  void a_reader_whose_pieces_share_blocks_is_followed() {
    int frontier = 0;
    for (int at = 0; at < 2000; at += 7) {
      // Begins in the block in which the last piece ended.
      var range = ahead.beyond(at, at + 8);
      if (range.isPresent()) {
        frontier = range.get().last();
      }
      if (at > 4 * MAX) {
        assertThat(frontier - at).isBetween(MAX / 2, 2 * MAX);
      }
    }
  }

  @Test
  void every_block_ahead_is_asked_for_once() {
    int next = 1;
    for (int block = 0; block < 1000; block++) {
      var range = ahead.beyond(block, block);
      if (range.isPresent()) {
        assertThat(range.get().first()).isBetween(next, Math.max(next, block + 1));
        next = range.get().last() + 1;
      }
    }
  }

  @Test
  void readers_that_take_turns_are_told_apart() {
    int asked = 0;
    for (int step = 0; step < 50; step++) {
      for (int reader = 0; reader < 6; reader++) {
        int block = reader * 1_000_000 + step;
        asked += ahead.beyond(block, block).isPresent() ? 1 : 0;
      }
    }
    assertThat(asked).isGreaterThanOrEqualTo(6);
  }

  @Test
  void no_more_is_asked_for_ahead_than_was_read() {
    for (int block = 0; block < 10 * MAX; block++) {
      var range = ahead.beyond(block, block);
      if (range.isPresent()) {
        assertThat(range.get().last() - block).isLessThanOrEqualTo(block + 1);
      }
    }
  }

  @Test
  void where_readers_stop_early_less_and_less_is_asked_for() {
    int first = readOn(0, 88);
    for (int reader = 1; reader < 40; reader++) {
      readOn(reader * 1_000_000, 88);
    }
    assertThat(first).isGreaterThan(40);
    assertThat(readOn(500_000_000, 88)).isBetween(8, 16);
  }

  @Test
  void who_reads_on_and_on_has_the_longest_window_wherever_others_stopped() {
    for (int reader = 0; reader < 40; reader++) {
      readOn(reader * 1_000_000, 88);
    }
    assertThat(readOn(500_000_000, 4 * MAX)).isBetween(3 * MAX / 4, MAX);
  }

  /** Reads so many blocks and tells how many beyond them were asked for. */
  private int readOn(int start, int blocks) {
    int end = start + blocks;
    int frontier = end;
    for (int block = start; block < end; block += 8) {
      var range = ahead.beyond(block, block + 7);
      frontier = Math.max(frontier, range.map(r -> r.last() + 1).orElse(end));
    }
    return frontier - end;
  }

  @Test
  void a_window_comes_in_as_many_pieces_as_are_fetched_at_once_but_in_no_tiny_ones() {
    int least = MAX;
    int most = 0;
    for (int block = 0; block < 10 * MAX; block += 8) {
      var range = ahead.beyond(block, block + 7);
      if (range.isPresent()) {
        least = Math.min(least, range.get().piece());
        most = Math.max(most, range.get().piece());
      }
    }
    assertThat(least).isEqualTo(6);
    assertThat(most).isEqualTo(MAX / FetchQueue.AHEAD);
  }

  @Test
  void a_reader_that_jumps_starts_anew() {
    for (int block = 0; block < 50; block++) {
      ahead.beyond(block, block);
    }
    assertThat(ahead.beyond(5_000, 5_000)).isEmpty();
  }
}
