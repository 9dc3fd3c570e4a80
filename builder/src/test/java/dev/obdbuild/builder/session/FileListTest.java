package dev.obdbuild.builder.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.builder.session.serve.SessionServer;
import dev.obdbuild.protos.fsutil.Stat;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.LocalFilter;
import dev.obdbuild.worker.source.local.LocalRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The list of its files that a client transfers in the place of a folder. */
@Timeout(120)
final class FileListTest {
  private static final int STAT_BYTES = 200;

  @TempDir Path temp;

  private final AtomicLong transferred = new AtomicLong();

  private LocalRequest listed(String wanted) {
    transferred.set(0);
    return new LocalRequest(
        "context",
        LocalFilter.ALL,
        new TreeMap<>(
            Map.of("local.metadatatransfer", "1", "local.metadatatransferexclude", wanted)),
        transferred::addAndGet);
  }

  private static List<String> names(FileTree tree) throws IOException {
    return TreeText.lines(tree).stream().map(line -> line.split(" ", 2)[0]).toList();
  }

  /** The paths and sizes of a list. */
  private static List<String> list(FileTree tree) throws IOException {
    ByteBuffer list =
        ByteBuffer.wrap(TreeText.bytes(tree, ".fsutil-metadata")).order(ByteOrder.LITTLE_ENDIAN);
    List<String> files = new ArrayList<>();
    while (list.hasRemaining()) {
      int length = list.getInt();
      Stat stat = Stat.parseFrom(list.slice(list.position(), length));
      list.position(list.position() + length);
      files.add(stat.getPath() + " " + stat.getSize());
    }
    return files;
  }

  @Test
  void aListOfTheFilesIsTransferredInsteadOfThem() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    Files.createDirectories(folder.resolve("zzz/deep/er"));
    Files.createDirectories(folder.resolve("zzz/empty"));
    Files.writeString(folder.resolve(".a"), "before the list");
    Files.writeString(folder.resolve(".fsutil-metadata"), "of the client");
    Files.write(folder.resolve("large"), new byte[3_000_000]);
    Files.writeString(folder.resolve("small"), "small");
    Files.writeString(folder.resolve("zzz/deep/er/file"), "deep");
    Files.writeString(folder.resolve("zzz/other"), "other");
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)))) {
      ClientSession session = pair.session(client);
      List<String> all =
          List.of(
              ".a 15",
              "large 3000000",
              "small 5",
              "zzz 0",
              "zzz/deep 0",
              "zzz/deep/er 0",
              "zzz/deep/er/file 4",
              "zzz/empty 0",
              "zzz/other 5");
      try (FileTree copy = session.locals().open(listed("[]"))) {
        assertThat(names(copy)).containsExactly(".fsutil-metadata");
        assertThat(list(copy)).isEqualTo(all);
        assertThat(transferred.get()).isLessThan(all.size() * STAT_BYTES);
      }
      try (FileTree copy =
          session.locals().open(listed("[\".a\", \"small\", \"zzz/deep\", \"!zzz/deep/er/no\"]"))) {
        assertThat(names(copy))
            .containsExactly(
                ".a",
                ".fsutil-metadata",
                "small",
                "zzz",
                "zzz/deep",
                "zzz/deep/er",
                "zzz/deep/er/file");
        assertThat(list(copy)).isEqualTo(all);
        assertThat(new String(TreeText.bytes(copy, "zzz/deep/er/file"), UTF_8)).isEqualTo("deep");
        assertThat(new String(TreeText.bytes(copy, "small"), UTF_8)).isEqualTo("small");
      }
      Files.writeString(folder.resolve("small"), "changed");
      try (FileTree copy = session.locals().open(listed("[\"small\"]"))) {
        assertThat(names(copy)).containsExactly(".fsutil-metadata", "small");
        assertThat(new String(TreeText.bytes(copy, "small"), UTF_8)).isEqualTo("changed");
      }
      // What is transferred whole is a copy of its own.
      LocalRequest whole =
          new LocalRequest("context", LocalFilter.ALL, new TreeMap<>(), bytes -> {});
      try (FileTree copy = session.locals().open(whole)) {
        assertThat(names(copy)).contains("large", "zzz/empty").doesNotHaveDuplicates();
      }
      assertThat(pair.folders.list()).hasSize(2);
    }
  }

  @Test
  void aChoiceThatIsNoListIsRefused() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)))) {
      ClientSession session = pair.session(client);
      assertThatThrownBy(() -> session.locals().open(listed("{")))
          .hasMessageContaining("local.metadatatransferexclude is no list of texts: {");
    }
  }
}
