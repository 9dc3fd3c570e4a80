package dev.obdbuild.overlaybd.layer;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** Coverage-guided: JAZZER_FUZZ=1 mvn -Pfuzz test. Without it, each runs its inputs once. */
@Tag("fuzz")
class FormatsFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void any_bytes_as_a_layer_file(byte[] bytes) {
    reads("lsmt", HostileInputs.withDigests(bytes, true));
  }

  @FuzzTest(maxDuration = "60s")
  void any_bytes_as_a_trace(byte[] bytes) {
    reads("trace", bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void any_bytes_as_a_writable_pair(byte[] bytes) {
    reads("pair-8192", bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void any_bytes_as_a_turbo_layer(byte[] bytes) {
    reads("turbo", bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void any_bytes_as_a_raw_layer_index(byte[] bytes) {
    reads("raw-index", HostileInputs.withDigests(bytes, true));
  }

  @FuzzTest(maxDuration = "60s")
  void any_bytes_as_a_journal(byte[] bytes) {
    reads("journal", bytes);
  }

  private static void reads(String kind, byte[] bytes) {
    try {
      HostileInputs.read(kind, bytes);
    } catch (IOException refused) {
      // What a damaged file is answered with.
    }
  }
}
