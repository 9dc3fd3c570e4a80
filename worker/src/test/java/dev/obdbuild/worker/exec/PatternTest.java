package dev.obdbuild.worker.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Entries as the kernel shows them. */
final class PatternTest {

  private static final String ARM64 = "7f454c460201010000000000000000000200b700";

  private static final List<String> DEBIAN =
      List.of(
          "enabled",
          "interpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P",
          "flags: POF",
          "offset 0",
          "magic " + ARM64,
          "mask ffffffffffffff00fffffffffffffffffeffffff");

  private static List<String> with(String line, String other) {
    return DEBIAN.stream().map(l -> l.equals(line) ? other : l).toList();
  }

  private static byte[] head(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void programsOfTheProcessorAreKnownAndNoOthers() {
    Pattern pattern = Pattern.of(DEBIAN).orElseThrow();

    assertThat(pattern.matches(head(ARM64))).isTrue();
    assertThat(pattern.matches(head(ARM64.replace("0200b7", "0300b7")))).as("PIE").isTrue();
    assertThat(pattern.matches(head(ARM64.replace("b700", "f300")))).as("riscv64").isFalse();
    assertThat(pattern.matches(head("2321"))).as("a script").isFalse();
  }

  @Test
  void anEntryThatIsOffOrNotForContainersCountsForNothing() {
    assertThat(Pattern.of(with("enabled", "disabled"))).isEmpty();
    assertThat(Pattern.of(with("flags: POF", "flags: PO"))).isEmpty();
    assertThat(Pattern.of(with("flags: POF", "flags: "))).isEmpty();
  }

  @Test
  void anEntryByFileNameCountsForNothing() {
    assertThat(
            Pattern.of(
                List.of("enabled", "interpreter /usr/bin/wine", "flags: F", "extension .exe")))
        .isEmpty();
  }

  @Test
  void withoutAMaskEveryBitCounts() {
    List<String> plain = DEBIAN.stream().filter(line -> !line.startsWith("mask")).toList();
    Pattern pattern = Pattern.of(plain).orElseThrow();
    byte[] other = Arrays.copyOf(head(ARM64), 20);
    other[7] = 3;

    assertThat(pattern.matches(head(ARM64))).isTrue();
    assertThat(pattern.matches(other)).isFalse();
  }
}
