package dev.obdbuild.backstore.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Command blocks and what is made of them, byte by byte. */
final class LogicalUnitTest {
  private static final DiskShape SMALL = new DiskShape(1 << 20, 512, false, "abc-1");
  private static final DiskShape LARGE = new DiskShape(3L << 44, 4096, false, "abc-2");

  private static Command parse(DiskShape disk, String cdb) {
    return new LogicalUnit(disk).parse(Cdb.of(HexFormat.of().parseHex(cdb.replace(" ", ""))));
  }

  private static String answer(DiskShape disk, String cdb) {
    Command command = parse(disk, cdb);
    assertThat(command).isInstanceOf(Command.Answer.class);
    return HexFormat.of().formatHex(((Command.Answer) command).bytes());
  }

  @ParameterizedTest
  @CsvSource({
    "08 00 00 10 04 00, 8192, 2048", // six bytes
    "08 00 00 10 00 00, 8192, 131072", // no count means 256
    "28 00 00 00 00 10 00 00 04 00, 8192, 2048",
    "28 00 00 00 08 00 00 00 00 00, 1048576, 0", // nothing, at the end
    "a8 00 00 00 00 10 00 00 00 04 00 00, 8192, 2048",
    "88 00 00 00 00 00 00 00 00 10 00 00 00 04 00 00, 8192, 2048",
    "88 00 00 00 00 00 00 00 00 00 00 00 08 00 00 00, 0, 1048576" // the whole disk
  })
  void readsOfAnyLength(String cdb, long offset, int length) {
    assertThat(parse(SMALL, cdb)).isEqualTo(new Command.Read(offset, length));
  }

  @ParameterizedTest
  @CsvSource({
    "0a 00 00 10 04 00, 8192, 2048, false",
    "2a 00 00 00 00 10 00 00 04 00, 8192, 2048, false",
    "2a 08 00 00 00 10 00 00 04 00, 8192, 2048, true", // FUA
    "aa 00 00 00 00 10 00 00 00 04 00 00, 8192, 2048, false",
    "8a 08 00 00 00 00 00 00 00 10 00 00 00 04 00 00, 8192, 2048, true"
  })
  void writesOfAnyLength(String cdb, long offset, int length, boolean durable) {
    assertThat(parse(SMALL, cdb)).isEqualTo(new Command.Write(offset, length, durable));
  }

  @Test
  void blocksBeyondThirtyTwoBitsAreReached() {
    assertThat(parse(LARGE, "88 00 00 00 00 02 00 00 00 00 00 00 00 01 00 00"))
        .isEqualTo(new Command.Read(0x2_0000_0000L * 4096, 4096));
  }

  @ParameterizedTest
  @CsvSource({
    "41 00 00 00 00 10 00 00 04 00, 8192, 2048, false",
    "41 08 00 00 00 10 00 00 04 00, 8192, 2048, false", // space may be given up, too
    "93 08 00 00 00 00 00 00 00 10 00 00 00 04 00 00, 8192, 2048, false",
    "93 01 00 00 00 00 00 00 00 10 00 00 00 04 00 00, 8192, 2048, true" // no data
  })
  void sameSectorAgainAndAgain(String cdb, long offset, int length, boolean zeros) {
    assertThat(parse(SMALL, cdb)).isEqualTo(new Command.WriteSame(offset, length, zeros));
  }

  @ParameterizedTest
  @CsvSource({"00 00 00 00 00 00", "1b 00 00 00 01 00", "42 00 00 00 00 00 00 00 00 00"})
  void whatThereIsNothingToDoFor(String cdb) {
    assertThat(parse(SMALL, cdb)).isEqualTo(new Command.Done());
  }

  @Test
  void listsAndFlushes() {
    assertThat(parse(SMALL, "42 00 00 00 00 00 00 00 18 00")).isEqualTo(new Command.Unmap(24));
    assertThat(parse(SMALL, "15 10 00 00 18 00")).isEqualTo(new Command.ModeSelect(24, 4));
    assertThat(parse(SMALL, "55 10 00 00 00 00 00 00 1c 00"))
        .isEqualTo(new Command.ModeSelect(28, 8));
    assertThat(parse(SMALL, "35 00 00 00 00 00 00 00 00 00")).isEqualTo(new Command.Flush());
    assertThat(parse(SMALL, "91 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"))
        .isEqualTo(new Command.Flush());
  }

  @ParameterizedTest
  @CsvSource({
    "a3 0c 00 00 00 00 00 00 00 00 00 00, 5/20/00", // MAINTENANCE IN
    "ff 00 00 00 00 00, 5/20/00",
    "7f 00 00 00 00 00 00 18 00 09, 5/20/00", // variable length
    "28 00 00 00 00 00 00 00, 5/20/00", // cut short
    "28 00 00 00 08 00 00 00 01 00, 5/21/00", // one beyond the end
    "28 00 ff ff ff ff 00 ff ff 00, 5/21/00",
    "88 00 ff ff ff ff ff ff ff ff 00 00 00 01 00 00, 5/21/00", // negative to Java
    "88 00 7f ff ff ff ff ff ff ff ff ff ff ff 00 00, 5/21/00", // overflows
    "2a 00 00 00 08 00 00 00 01 00, 5/21/00",
    "35 00 00 00 08 01 00 00 00 00, 5/21/00",
    "28 20 00 00 00 00 00 00 01 00, 5/24/00", // protection information
    "41 00 00 00 00 00 00 00 00 00, 5/24/00", // to the end
    "41 02 00 00 00 00 00 00 01 00, 5/24/00", // number each block
    "42 01 00 00 00 00 00 00 18 00, 5/24/00", // anchored
    "12 00 80 00 ff 00, 5/24/00", // a page without saying so
    "12 01 b5 00 ff 00, 5/24/00",
    "9e 11 00 00 00 00 00 00 00 00 00 00 00 20 00 00, 5/24/00",
    "1a 00 1c 00 ff 00, 5/24/00",
    "1a 00 08 01 ff 00, 5/24/00", // a subpage
    "1a 00 c8 00 ff 00, 5/39/00", // saved values
    "15 11 00 00 18 00, 5/24/00" // save
  })
  void refusals(String cdb, String sense) {
    assertThat(told(parse(SMALL, cdb))).isEqualTo(sense);
  }

  @Test
  void moreThanOneTransferIsRefused() {
    assertThat(told(parse(LARGE, "88 00 00 00 00 00 00 00 00 00 00 00 01 01 00 00")))
        .isEqualTo("5/24/00");
  }

  @ParameterizedTest
  @CsvSource({
    "2a 00 00 00 00 00 00 00 01 00",
    "93 01 00 00 00 00 00 00 00 00 00 00 00 01 00 00",
    "42 00 00 00 00 00 00 00 18 00"
  })
  void aReadOnlyDiskIsWriteProtected(String cdb) {
    assertThat(told(parse(new DiskShape(1 << 20, 512, true, "x"), cdb))).isEqualTo("7/27/00");
  }

  private static String told(Command command) {
    assertThat(command).isInstanceOf(Command.Refused.class);
    Sense sense = ((Command.Refused) command).sense();
    return "%d/%02x/%02x".formatted(sense.key(), sense.code(), sense.qualifier());
  }

  @Test
  void inquiry() {
    assertThat(answer(SMALL, "12 00 00 00 60 00"))
        .isEqualTo(
            "000006021f000002"
                + "4f42442020202020" // vendor
                + "6f7665726c61796264206469736b2020" // product
                + "31202020");
    assertThat(answer(SMALL, "12 00 00 00 05 00")).isEqualTo("000006021f");
    assertThat(answer(SMALL, "12 01 00 00 ff 00")).isEqualTo("000000060080" + "83b0b1b2");
    assertThat(answer(SMALL, "12 01 80 00 ff 00")).isEqualTo("00800005" + "6162632d31");
    assertThat(answer(SMALL, "12 01 83 00 ff 00"))
        .startsWith("0083001d" + "0201000d" + "4f42442020202020" + "6162632d31" + "01030008" + "3")
        .hasSize(2 * (4 + 0x1d));
  }

  @Test
  void limitsAndProvisioning() {
    assertThat(answer(SMALL, "12 01 b0 00 ff 00"))
        .isEqualTo(
            "00b0003c"
                + "01000008" // 4096 bytes at least
                + "00000800" // 1 MiB at most
                + "00000800"
                + "00000000"
                + "00200000" // UNMAP: 1 GiB
                + "00000100" // in 256 ranges
                + "00000008"
                + "80000000"
                + "0000000000010000" // WRITE SAME: 32 MiB
                + "00".repeat(20));
    assertThat(answer(LARGE, "12 01 b0 00 30 00")).startsWith("00b0003c" + "01000001" + "00000100");
    assertThat(answer(SMALL, "12 01 b2 00 ff 00")).isEqualTo("00b20004" + "00e40200");
    assertThat(answer(SMALL, "12 01 b1 00 06 00")).isEqualTo("00b1003c0001");
  }

  @Test
  void capacity() {
    assertThat(answer(SMALL, "25 00 00 00 00 00 00 00 00 00")).isEqualTo("000007ff00000200");
    assertThat(answer(LARGE, "25 00 00 00 00 00 00 00 00 00")).isEqualTo("ffffffff00001000");
    assertThat(answer(SMALL, "9e 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00"))
        .isEqualTo("00000000000007ff" + "00000200" + "0003c000" + "00".repeat(16));
    assertThat(answer(LARGE, "9e 10 00 00 00 00 00 00 00 00 00 00 00 0c 00 00"))
        .isEqualTo("00000002ffffffff" + "00001000");
  }

  @Test
  void modes() {
    String caching = "0812040000000000000000000000000000000000";
    String control = "0a0a00000000000000000000";
    assertThat(answer(SMALL, "1a 00 08 00 ff 00")).isEqualTo("17000000" + caching);
    assertThat(answer(SMALL, "1a 00 3f 00 ff 00")).isEqualTo("23000000" + caching + control);
    assertThat(answer(SMALL, "1a 00 3f 00 04 00")).isEqualTo("23000000");
    assertThat(answer(SMALL, "1a 00 48 00 ff 00")).isEqualTo("17000000" + "0812" + "00".repeat(18));
    assertThat(answer(SMALL, "5a 00 0a 00 00 00 00 00 ff 00"))
        .isEqualTo("0012000000000000" + control);
    assertThat(answer(new DiskShape(4096, 512, true, "x"), "1a 00 3f 00 04 00"))
        .isEqualTo("23008000");
  }

  @Test
  void modesCannotBeChanged() {
    assertThat(select("")).isEqualTo("accepted");
    assertThat(select("00000000" + "8812040000000000000000000000000000000000"))
        .isEqualTo("accepted"); // it says what is so
    assertThat(select("00000000" + "0812000000000000000000000000000000000000"))
        .isEqualTo("5/26/00");
    assertThat(select("00000000" + "1c00")).isEqualTo("5/26/00");
    assertThat(select("0000")).isEqualTo("5/1a/00");
    assertThat(select("00000000" + "0812")).isEqualTo("5/1a/00");
    assertThat(select("000000ff")).isEqualTo("accepted"); // descriptors that are not there
  }

  private static String select(String list) {
    return ModePages.select(HexFormat.of().parseHex(list), 4)
        .map(sense -> told(new Command.Refused(sense)))
        .orElse("accepted");
  }

  @Test
  void senseData() {
    assertThat(HexFormat.of().formatHex(Sense.readError(0x12345678L).bytes()))
        .isEqualTo("f000031234567" + "80a00000000" + "110000000000");
    assertThat(HexFormat.of().formatHex(Sense.writeProtected().bytes()))
        .isEqualTo("700007000000000a00000000270000000000");
    assertThat(HexFormat.of().formatHex(Sense.readError(0x1_0000_0000L).bytes()))
        .isEqualTo("720311000000000c" + "000a8000" + "0000000100000000");
  }
}
