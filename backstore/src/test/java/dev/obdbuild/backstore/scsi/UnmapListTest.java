package dev.obdbuild.backstore.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UnmapListTest {
  private static final DiskShape DISK = new DiskShape(16L << 30, 512, false, "x");

  private static UnmapList parse(String list) {
    return UnmapList.parse(HexFormat.of().parseHex(list.replace(" ", "")), DISK);
  }

  @Test
  void rangesAreBytes() {
    UnmapList list =
        parse(
            "0026 0020 00000000"
                + "0000000000000010 00000008 00000000"
                + "0000000000000000 00000000 00000000");
    assertThat(list.refusal()).isEmpty();
    assertThat(list.ranges())
        .containsExactly(new UnmapList.Range(8192, 4096), new UnmapList.Range(0, 0));
  }

  @ParameterizedTest
  @CsvSource({
    "'', 1a", // no header
    "0016 0010 000000, 1a",
    "0016 0010 00000000 0000000000000010 00000008, 1a", // a descriptor cut short
    "ffff ffff 00000000, 1a",
    "0016 0010 00000000 0000000002000000 00000001 00000000, 21", // behind the end
    "0016 0010 00000000 ffffffffffffffff 00000001 00000000, 21",
    "0016 0010 00000000 0000000000000001 ffffffff 00000000, 21",
    "0016 0010 00000000 0000000000000000 00200001 00000000, 26" // more than announced
  })
  void refusals(String list, String code) {
    UnmapList parsed = parse(list);
    assertThat(parsed.ranges()).isEmpty();
    assertThat("%02x".formatted(parsed.refusal().orElseThrow().code())).isEqualTo(code);
  }

  @Test
  void tooManyRangesAreRefused() {
    String list = "1018 1010 00000000" + "0000000000000000 00000000 00000000".repeat(257);
    assertThat(parse(list).refusal()).isPresent();
  }
}
