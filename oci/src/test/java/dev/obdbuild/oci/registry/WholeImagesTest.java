package dev.obdbuild.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Repository;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class WholeImagesTest {

  private static final Repository HERE = new Repository("r.example", "app");
  private static final Repository THERE = new Repository("r.example", "other");

  private long now = Long.MAX_VALUE - 1000; // the clock may run over
  private final WholeImages images = new WholeImages(() -> now);

  private static Digest root(int number) {
    return Digest.sha256(new byte[] {(byte) number, (byte) (number >> 8)});
  }

  @Test
  void anImageIsKnownInItsRepositoryOnly() {
    images.add(HERE, root(1));
    assertThat(images.has(HERE, root(1))).isTrue();
    assertThat(images.has(THERE, root(1))).isFalse();
    assertThat(images.has(HERE, root(2))).isFalse();
  }

  @Test
  void itIsForgottenAfterAWhileUnlessItWasSeenAgain() {
    images.add(HERE, root(1));
    images.add(HERE, root(2));
    now += Duration.ofMinutes(3).toNanos();
    images.add(HERE, root(2));
    now += Duration.ofMinutes(3).toNanos();
    assertThat(images.has(HERE, root(1))).isFalse();
    assertThat(images.has(HERE, root(2))).isTrue();
  }

  @Test
  void thoseSeenLongestAgoGoWhenThereAreMany() {
    for (int i = 0; i < WholeImages.MOST; i++) {
      images.add(HERE, root(i));
    }
    images.add(HERE, root(0));
    images.add(HERE, root(WholeImages.MOST));
    assertThat(images.has(HERE, root(0))).isTrue();
    assertThat(images.has(HERE, root(1))).isFalse();
    assertThat(images.has(HERE, root(2))).isTrue();
  }
}
