package dev.obdbuild.overlaybd.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random damage to whole files: either it is read or it is refused with an IOException, never
 * anything else.
 */
@Tag("small-heap")
class MutationTest {
  private static final int ROUNDS = 3000;

  @Test
  void damaged_files_are_read_or_refused_and_nothing_else() {
    SplitRandom.run(
        random -> {
          Map<String, byte[]> seeds = HostileInputs.seeds();
          int refused = 0;
          for (int round = 0; round < ROUNDS; round++) {
            for (Map.Entry<String, byte[]> seed : seeds.entrySet()) {
              byte[] damaged = damage(seed.getValue(), random);
              try {
                HostileInputs.read(seed.getKey(), damaged);
              } catch (IOException e) {
                refused++;
                assertThat(e.getMessage()).as(seed.getKey()).isNotBlank();
              }
            }
          }
          assertThat(refused).as("damaged files that were noticed").isGreaterThan(ROUNDS);
        });
  }

  private static byte[] damage(byte[] good, SplittableRandom random) {
    byte[] bytes = good.clone();
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      // Headers, trailers and indexes are at the ends, and they are what decides.
      int window = Math.min(bytes.length, 700);
      int at =
          random.nextInt(3) == 0
              ? random.nextInt(bytes.length)
              : random.nextBoolean()
                  ? random.nextInt(window)
                  : bytes.length - 1 - random.nextInt(window);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 ->
            Arrays.fill(
                bytes, at, Math.min(bytes.length, at + 8), (byte) (random.nextBoolean() ? -1 : 0));
        default -> {
          if (random.nextInt(4) == 0) {
            bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length + 600));
          }
        }
      }
    }
    return HostileInputs.withDigests(bytes, random.nextBoolean());
  }
}
