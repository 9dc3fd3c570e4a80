package dev.obdbuild.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.testkit.SplitRandom;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the writer wrote the reader reads; what was damaged is refused or read, never worse. */
final class TarRoundTripTest {
  /** An entry and its stored bytes. */
  record Item(TarEntry entry, byte[] content) {}

  static byte[] write(List<Item> items) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(out)) {
      for (Item item : items) {
        writer.add(item.entry(), new ByteArrayInputStream(item.content()));
      }
    }
    return out.toByteArray();
  }

  static List<Item> read(byte[] tar) throws IOException {
    List<Item> items = new ArrayList<>();
    try (TarReader reader = new TarReader(new ByteArrayInputStream(tar), "test.tar")) {
      for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        items.add(new Item(entry.get(), reader.content().readAllBytes()));
      }
    }
    return items;
  }

  private static String name(SplittableRandom random, int max) {
    StringBuilder name = new StringBuilder();
    int length = random.nextInt(1, max);
    while (name.length() < length) {
      name.append(
          random.nextInt(8) == 0 && name.length() > 0 ? '/' : (char) random.nextInt(1, 256));
    }
    return name.toString();
  }

  private static TarTime time(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> TarTime.EPOCH;
      case 1 -> new TarTime(random.nextLong(1L << 31), 0);
      case 2 -> new TarTime(random.nextLong(-(1L << 40), 1L << 40), random.nextInt(1_000_000_000));
      default -> new TarTime(-random.nextLong(1L << 33), 0);
    };
  }

  private static Item item(SplittableRandom random) {
    TarEntry.Type[] types = TarEntry.Type.values();
    TarEntry.Type type = types[random.nextInt(types.length)];
    TarEntryBuilder entry =
        TarEntry.builder(type, name(random, random.nextInt(4) == 0 ? 400 : 60))
            .mode(random.nextInt(010000))
            .owner(
                random.nextLong(1L << random.nextInt(1, 40)),
                random.nextLong(1L << random.nextInt(1, 40)))
            .mtime(time(random));
    if (random.nextInt(3) == 0) {
      entry.ownerNames("u".repeat(random.nextInt(50)), "g");
    }
    if (random.nextInt(3) == 0) {
      entry.atime(time(random));
    }
    for (int i = random.nextInt(4); i > 1; i--) {
      entry.xattr("user.x" + i, SplitRandom.bytes(random, random.nextInt(300)));
    }
    if (type == TarEntry.Type.HARD_LINK || type == TarEntry.Type.SYMLINK) {
      entry.linkName(name(random, 200));
    }
    if (type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE) {
      entry.device(random.nextInt(4096), random.nextInt(1 << 20));
    }
    byte[] content = new byte[0];
    if (type == TarEntry.Type.FILE) {
      content = SplitRandom.bytes(random, random.nextInt(3000));
      entry.size(content.length);
      if (random.nextBoolean()) {
        content = sparse(random, entry);
      }
    }
    return new Item(entry.build(), content);
  }

  private static byte[] sparse(SplittableRandom random, TarEntryBuilder entry) {
    List<Extent> extents = new ArrayList<>();
    long at = 0;
    long stored = 0;
    for (int i = random.nextInt(100); i > 0; i--) {
      at += random.nextInt(1 << 20);
      long length = random.nextInt(1, 200);
      extents.add(new Extent(at, length));
      at += length;
      stored += length;
    }
    long size = at + random.nextLong(1L << 36) + 1;
    entry.size(size).extents(extents.isEmpty() ? List.of(new Extent(size, 0)) : extents);
    return SplitRandom.bytes(random, (int) stored);
  }

  static void assertSame(Item found, Item expected) {
    TarEntry a = found.entry();
    TarEntry e = expected.entry();
    assertThat(a)
        .usingRecursiveComparison()
        .ignoringFields("offset")
        .as("entry %s", e.nameText())
        .isEqualTo(e);
    assertThat(found.content()).isEqualTo(expected.content());
  }

  @Test
  void randomArchivesComeBackAsTheyWere() {
    SplitRandom.run(
        random -> {
          for (int round = 0; round < 100; round++) {
            List<Item> items = new ArrayList<>();
            for (int i = random.nextInt(8); i > 0; i--) {
              items.add(item(random));
            }
            byte[] tar = write(items);
            assertThat(tar.length % 512).isZero();
            List<Item> found = read(tar);
            assertThat(found).hasSameSizeAs(items);
            for (int i = 0; i < items.size(); i++) {
              assertSame(found.get(i), items.get(i));
            }
            assertThat(write(items)).isEqualTo(tar);
          }
        });
  }

  @Test
  void damagedArchivesAreReadOrRefusedByNameAndOffset() {
    damageAndRead(1500);
  }

  @Test
  @Tag("fuzz")
  void manyDamagedArchivesAreReadOrRefused() {
    damageAndRead(50_000);
  }

  private static void damageAndRead(int rounds) {
    SplitRandom.run(
        random -> {
          for (int round = 0; round < rounds; round++) {
            byte[] tar = write(List.of(item(random), item(random)));
            damage(random, tar);
            byte[] cut =
                random.nextInt(4) == 0 ? Arrays.copyOf(tar, random.nextInt(tar.length + 1)) : tar;
            try {
              read(cut);
            } catch (MalformedTarException e) {
              assertThat(e).hasMessageStartingWith("test.tar: at offset " + e.offset());
            }
          }
        });
  }

  /** Changes some bytes, and repairs the checksums so that the damage is looked at. */
  private static void damage(SplittableRandom random, byte[] tar) {
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      int at = random.nextInt(tar.length);
      tar[at] =
          (byte)
              (random.nextBoolean()
                  ? random.nextInt(256)
                  : "0123456789-=\n\0".charAt(random.nextInt(14)));
    }
    for (int block = 0; block + 512 <= tar.length; block += 512) {
      boolean header = new String(tar, block + 257, 5, StandardCharsets.ISO_8859_1).equals("ustar");
      if (header && random.nextInt(8) != 0) {
        Arrays.fill(tar, block + 148, block + 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
          sum += tar[block + i] & 0xff;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(digits, 0, tar, block + 148, 8);
      }
    }
  }

  @Test
  void theCallersMistakesAreRefused() throws IOException {
    TarEntry three = TarEntry.builder(TarEntry.Type.FILE, "three").size(3).build();
    TarWriter writer = new TarWriter(new ByteArrayOutputStream());
    writer.add(three);
    assertThatThrownBy(() -> writer.write(new byte[4], 0, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("three");
    assertThatThrownBy(() -> writer.add(three))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("lacks 3 bytes");
  }

  @Test
  void aCutArchiveSaysWhatIsMissing() throws IOException {
    byte[] tar =
        write(
            List.of(
                new Item(
                    TarEntry.builder(TarEntry.Type.FILE, "f").size(600).build(), new byte[600])));
    assertThatThrownBy(() -> read(Arrays.copyOf(tar, 1000)))
        .isInstanceOf(MalformedTarException.class)
        .hasMessage(
            "test.tar: at offset 1000: the archive ends within the content of f: 112 bytes are missing");
    assertThatThrownBy(() -> read(Arrays.copyOf(tar, 300)))
        .hasMessageContaining("300 of 512 bytes");
    assertThat(read(new byte[0])).isEmpty();
    assertThat(read(new byte[512])).isEmpty();
  }

  @Test
  void aHugeExtensionHeaderIsRefusedUnread() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    HeaderWriter header = new HeaderWriter(new TreeMap<>());
    header.name("x");
    header.octal(124, 12, 7L << 30);
    out.writeBytes(header.finish('x'));
    assertThatThrownBy(() -> read(out.toByteArray()))
        .hasMessageContaining("7516192768 bytes; the limit is 4194304");
  }
}
