package dev.obdbuild.oci.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

final class FirstBytesTest {

  private static InputStream source() {
    return new ByteArrayInputStream(new byte[] {1, 2, 3, 4, 5});
  }

  @Test
  void whatComesAfterThemIsNotRead() throws IOException {
    InputStream under = source();
    try (InputStream first = FirstBytes.atMost(under, 3)) {
      assertThat(first.read()).isEqualTo(1);
      assertThat(first.available()).isEqualTo(2);
      assertThat(first.readAllBytes()).containsExactly(2, 3);
      assertThat(first.read()).isEqualTo(-1);
    }
    assertThat(under.read()).isEqualTo(4);
  }

  @Test
  void skippedBytesCount() throws IOException {
    try (InputStream first = FirstBytes.exactly(source(), 4, "source")) {
      assertThat(first.skip(100)).isEqualTo(4);
      assertThat(first.read()).isEqualTo(-1);
    }
  }

  @Test
  void aStreamThatEndsTooEarlyIsNamedWhereAllAreNeeded() throws IOException {
    try (InputStream first = FirstBytes.atMost(source(), 9)) {
      assertThat(first.readAllBytes()).hasSize(5);
    }
    try (InputStream first = FirstBytes.exactly(source(), 9, "blob x")) {
      assertThatThrownBy(first::readAllBytes)
          .isInstanceOf(EOFException.class)
          .hasMessage("blob x: 4 bytes are missing");
    }
  }
}
