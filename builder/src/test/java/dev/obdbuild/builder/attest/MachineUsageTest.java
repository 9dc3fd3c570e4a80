package dev.obdbuild.builder.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineUsageTest {

  @TempDir private Path proc;

  private JsonReader sample() throws IOException {
    String json = MachineSample.take(proc, Instant.EPOCH).toString();
    return JsonReader.parse(json.getBytes(StandardCharsets.UTF_8), "sample");
  }

  private void kernel(String stat) throws IOException {
    Files.writeString(proc.resolve("stat"), stat);
    Files.writeString(proc.resolve("meminfo"), "MemTotal:  24684084 kB\nHugePages_Total: 0\n");
  }

  @Test
  void times_are_seconds_and_what_the_kernel_does_not_know_is_null() throws Exception {
    kernel(
        "cpu  2187027 4052 264727 416794 50770 0 4782 571 0 0\ncpu0 1 2 3\nctxt 73437907\n"
            + "processes 451140\nprocs_running 12\n");
    Path pressure = Files.createDirectory(proc.resolve("pressure"));
    Files.writeString(
        pressure.resolve("cpu"), "some avg10=89.41 avg60=94.34 avg300=93.60 total=9447296446\n");

    JsonReader sample = sample();

    assertThat(sample.object("cpuStat").orElseThrow().others())
        .containsEntry("user", "21870.27")
        .containsEntry("nice", "40.52");
    assertThat(sample.object("procStat").orElseThrow().integer("processesRunning", 0))
        .isEqualTo(12);
    assertThat(sample.object("memoryStat").orElseThrow().integer("total", 0)).isEqualTo(24684084);
    assertThat(sample.object("memoryStat").orElseThrow().others()).containsEntry("slab", "null");
    assertThat(sample.object("cpuPressure").orElseThrow().others())
        .containsEntry("full", "null")
        .hasEntrySatisfying("some", some -> assertThat(some).contains("\"avg10\":89.41"));
    assertThat(sample.has("ioPressure")).isFalse();
  }

  @Test
  void a_kernel_that_tells_less_is_named() throws Exception {
    kernel("cpu 1 2 3\n");

    assertThatThrownBy(this::sample).hasMessageContaining("/proc/stat has no cpu with 10 numbers");
  }

  @Test
  void the_machine_at_the_end_is_always_told() throws Exception {
    try (MachineUsage usage = MachineUsage.sampling(Path.of("/proc"))) {
      assertThat(usage.told()).isNotEmpty();
    }
  }
}
