package dev.obdbuild.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Repository;
import org.junit.jupiter.api.Test;

final class KnownBlobsTest {

  private static final Repository HERE = new Repository("r.example", "app");
  private static final Repository THERE = new Repository("r.example", "other");

  private final KnownBlobs known = new KnownBlobs();

  private static byte[] blob(int number, int size) {
    byte[] blob = new byte[size];
    blob[0] = (byte) number;
    return blob;
  }

  private boolean knows(byte[] blob) {
    return known.find(HERE, Digest.sha256(blob)).isPresent();
  }

  private byte[] put(int number, int size) {
    byte[] blob = blob(number, size);
    known.put(HERE, Digest.sha256(blob), blob);
    return blob;
  }

  @Test
  void aBlobIsKnownInItsRepositoryOnly() {
    byte[] blob = put(1, 100);
    assertThat(known.find(HERE, Digest.sha256(blob))).contains(blob);
    assertThat(known.find(THERE, Digest.sha256(blob))).isEmpty();
  }

  @Test
  void whoChangesWhatWasFoundChangesNothingKept() {
    byte[] blob = put(1, 100);
    known.find(HERE, Digest.sha256(blob)).orElseThrow()[0] = 7;
    assertThat(known.find(HERE, Digest.sha256(blob))).contains(blob);
  }

  @Test
  void whatWasUsedLongestAgoGoesWhenThereIsMoreThanAMegabyte() {
    byte[] first = put(1, 400_000);
    byte[] second = put(2, 400_000);
    assertThat(knows(first)).isTrue();
    byte[] third = put(3, 400_000);
    assertThat(knows(first)).isTrue();
    assertThat(knows(second)).isFalse();
    assertThat(knows(third)).isTrue();
  }

  @Test
  void theSameBlobTwiceTakesItsRoomOnce() {
    byte[] first = put(1, 400_000);
    for (int i = 0; i < 10; i++) {
      put(2, 400_000);
    }
    assertThat(knows(first)).isTrue();
  }

  @Test
  void aLargeBlobIsNotKept() {
    assertThat(knows(put(1, 1 << 20))).isFalse();
  }
}
