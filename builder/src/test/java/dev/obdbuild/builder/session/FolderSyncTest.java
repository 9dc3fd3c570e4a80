package dev.obdbuild.builder.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.builder.session.serve.SessionServer;
import dev.obdbuild.builder.session.sync.SyncedFolder;
import dev.obdbuild.worker.content.ContentDigest;
import dev.obdbuild.worker.content.DigestCache;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.LocalFilter;
import dev.obdbuild.worker.content.LocalTree;
import dev.obdbuild.worker.content.Selection;
import dev.obdbuild.worker.source.local.LocalRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies of folders against the folders themselves. */
@Timeout(120)
final class FolderSyncTest {
  private static final int STAT_BYTES = 200;

  @TempDir Path temp;

  private final AtomicLong transferred = new AtomicLong();

  private LocalRequest request() {
    transferred.set(0);
    return new LocalRequest("context", LocalFilter.ALL, new TreeMap<>(), transferred::addAndGet);
  }

  private void assertSame(FileTree copy, Path folder) throws IOException {
    try (FileTree original = LocalTree.open(folder, LocalFilter.ALL)) {
      assertThat(TreeText.lines(copy)).isEqualTo(TreeText.lines(original));
    }
  }

  @Test
  void aCopyIsTheFolderWhateverHappensToIt() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    Random random = new Random(42);
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)))) {
      ClientSession session = pair.session(client);
      for (int round = 0; round < 25; round++) {
        for (int i = 0; i < 12; i++) {
          change(folder, random);
        }
        try (FileTree copy = session.locals().open(request())) {
          assertSame(copy, folder);
        }
        long files;
        try (Stream<Path> all = Files.walk(folder)) {
          files = all.count();
        }
        try (FileTree copy = session.locals().open(request())) {
          assertSame(copy, folder);
          assertThat(transferred.get()).isLessThan(files * STAT_BYTES);
        }
      }
      List<SyncedFolder> kept = pair.folders.list();
      assertThat(kept).hasSize(1);
      assertThat(kept.getFirst().inUse()).isFalse();
      long stored;
      try (Stream<Path> all = Files.walk(temp.resolve("local"))) {
        stored =
            all.filter(p -> p.toString().contains("/files/") && Files.isRegularFile(p)).count();
      }
      assertThat(stored).isLessThanOrEqualTo(kept.getFirst().files());
      assertThat(pair.folders.remove(kept.getFirst().id())).isTrue();
      assertThat(pair.folders.list()).isEmpty();
      assertThat(pair.folders.bytes()).isZero();
      try (FileTree copy = session.locals().open(request())) {
        assertSame(copy, folder);
      }
    }
  }

  /** One random change: files, folders, links come, go, change their bytes, mode or type. */
  private static void change(Path folder, Random random) throws IOException {
    String[] names = {"a", "a.txt", "b", "ä", "c-d"};
    Path parent = folder;
    for (int depth = random.nextInt(3); depth > 0; depth--) {
      Path below = parent.resolve(names[random.nextInt(names.length)]);
      if (Files.isDirectory(below, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
        parent = below;
      }
    }
    Path path = parent.resolve(names[random.nextInt(names.length)]);
    boolean isFile = Files.isRegularFile(path, java.nio.file.LinkOption.NOFOLLOW_LINKS);
    switch (random.nextInt(8)) {
      case 0 -> delete(path);
      case 1 -> {
        delete(path);
        Files.createDirectory(path);
      }
      case 2 -> {
        delete(path);
        Files.createSymbolicLink(path, Path.of(names[random.nextInt(names.length)]));
      }
      case 3 -> {
        if (isFile) {
          Path other = parent.resolve("link" + random.nextInt(3));
          delete(other);
          Files.createLink(other, path);
        }
      }
      case 4 -> {
        if (isFile) {
          Files.setPosixFilePermissions(
              path,
              PosixFilePermissions.fromString(random.nextBoolean() ? "rwxr-x---" : "rw-r--r--"));
        }
      }
      case 5 -> {
        if (isFile) {
          Files.setLastModifiedTime(path, FileTime.fromMillis(random.nextLong(1L << 40)));
        }
      }
      default -> {
        if (!isFile) {
          delete(path);
        }
        byte[] bytes = new byte[random.nextInt(10) == 0 ? 100_000 : random.nextInt(50)];
        random.nextBytes(bytes);
        Files.write(path, bytes);
      }
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> below = Files.list(path)) {
        for (Path child : below.toList()) {
          delete(child);
        }
      }
    }
    Files.deleteIfExists(path);
  }

  @Test
  void aCopyThatIsOpenStaysAsItWas() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    Files.writeString(folder.resolve("file"), "one");
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)))) {
      ClientSession session = pair.session(client);
      try (FileTree first = session.locals().open(request())) {
        Files.writeString(folder.resolve("file"), "two, longer");
        try (FileTree second = session.locals().open(request())) {
          assertThat(TreeText.bytes(first, "file")).asString().isEqualTo("one");
          assertThat(TreeText.bytes(second, "file")).asString().isEqualTo("two, longer");
        }
        SyncedFolder kept = pair.folders.list().getFirst();
        assertThat(kept.inUse()).isTrue();
        assertThat(pair.folders.remove(kept.id())).isFalse();
      }
    }
  }

  /** Folders whose files were changed long ago, as a state needs it. */
  private static final Path OLD = Path.of("src/test/java/dev/obdbuild/builder/session");

  private static final Path OTHER = Path.of("src/main/java/dev/obdbuild/builder/session");

  @Test
  void aFolderInTheStateOfTheCopyIsNotListedAgainWhicheverDaemonAsks() throws Exception {
    for (int start = 0; start < 2; start++) {
      try (SessionPair pair = new SessionPair(temp);
          SessionServer client = pair.connect(Lending.folders(Map.of("context", OLD)))) {
        for (int round = 0; round < 2; round++) {
          try (FileTree copy = pair.session(client).locals().open(request())) {
            assertSame(copy, OLD);
            assertThat(transferred.get() > STAT_BYTES).isEqualTo(start == 0 && round == 0);
          }
        }
      }
    }
  }

  @Test
  void aFolderInAnotherStateIsTransferred() throws Exception {
    try (SessionPair pair = new SessionPair(temp)) {
      for (Path folder : List.of(OLD, OTHER, OLD, OTHER)) {
        try (SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)));
            FileTree copy = pair.session(client).locals().open(request())) {
          assertSame(copy, folder);
        }
      }
      assertThat(pair.folders.list()).hasSize(1);
    }
  }

  @Test
  void anotherFilterIsAnotherState() throws Exception {
    LocalFilter some = new LocalFilter(List.of(), List.of(), List.of("Folder*"));
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", OLD)))) {
      ClientSession session = pair.session(client);
      for (LocalFilter filter : List.of(LocalFilter.ALL, some, LocalFilter.ALL)) {
        LocalRequest request =
            new LocalRequest("context", filter, new TreeMap<>(), transferred::addAndGet);
        try (FileTree copy = session.locals().open(request);
            FileTree original = LocalTree.open(OLD, filter)) {
          assertThat(TreeText.lines(copy)).isEqualTo(TreeText.lines(original));
        }
      }
    }
  }

  @Test
  void copiesOutliveTheDaemon() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    byte[] bytes = new byte[200_000];
    Files.write(folder.resolve("file"), bytes);
    for (int start = 0; start < 2; start++) {
      try (SessionPair pair = new SessionPair(temp);
          SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)));
          FileTree copy = pair.session(client).locals().open(request())) {
        assertSame(copy, folder);
        assertThat(transferred.get() > bytes.length).isEqualTo(start == 0);
      }
    }
  }

  @Test
  void digestsAreThoseOfTheFolderAndCostNoReads() throws Exception {
    Path folder = temp.resolve("context");
    Files.createDirectories(folder.resolve("sub"));
    Files.writeString(folder.resolve("sub/file"), "content");
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)));
        ContentDigest digest = new ContentDigest(DigestCache.NONE, DigestCache.NONE, 1);
        FileTree copy = pair.session(client).locals().open(request());
        FileTree original = LocalTree.open(folder, LocalFilter.ALL)) {
      Selection all = Selection.path("/sub");
      var expected = digest.of(original, all, bytes -> {});
      assertThat(digest.of(copy, all, bytes -> {})).isEqualTo(expected);
      try (Stream<Path> stored = Files.walk(temp.resolve("local"))) {
        for (Path file :
            stored
                .filter(p -> p.toString().contains("/files/") && Files.isRegularFile(p))
                .toList()) {
          Files.delete(file);
        }
      }
      assertThat(digest.of(copy, all, bytes -> {})).isEqualTo(expected);
    }
  }

  @Test
  void tenThousandFilesAreCopiedAndFoundUnchanged() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    byte[] bytes = new byte[2000];
    for (int i = 0; i < 10_000; i++) {
      Path dir = folder.resolve("d" + i / 100);
      if (i % 100 == 0) {
        Files.createDirectory(dir);
      }
      Files.write(dir.resolve("f" + i), bytes);
    }
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)))) {
      ClientSession session = pair.session(client);
      for (int i = 0; i < 4; i++) {
        try (FileTree copy = session.locals().open(request())) {
          assertThat(copy.find(dev.obdbuild.linux.file.RawPath.of("d99/f9999"))).isPresent();
        }
        assertThat(transferred.get() > 20_000_000).isEqualTo(i == 0);
      }
    }
  }

  @Test
  void aFileThatChangedButForItsSizeIsSentAgain() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    for (int i = 0; i < 50; i++) {
      Files.writeString(folder.resolve("f" + i), "before " + i);
    }
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)))) {
      ClientSession session = pair.session(client);
      try (FileTree before = session.locals().open(request())) {
        assertSame(before, folder);
        Path changed = folder.resolve("f7");
        FileTime time = Files.getLastModifiedTime(changed);
        Files.writeString(changed, "behind 7");
        Files.setLastModifiedTime(changed, FileTime.fromMillis(time.toMillis() + 1));
        Files.delete(folder.resolve("f8"));
        try (FileTree after = session.locals().open(request())) {
          assertSame(after, folder);
          assertThat(before.state()).isNotEqualTo(after.state());
        }
        assertThat(TreeText.bytes(before, "f7")).asString().isEqualTo("before 7");
        assertThat(TreeText.bytes(before, "f8")).asString().isEqualTo("before 8");
      }
      String state;
      try (FileTree once = session.locals().open(request())) {
        state = String.valueOf(once.state());
      }
      try (FileTree again = session.locals().open(request())) {
        assertThat(again.state()).isEqualTo(state);
      }
    }
  }

  @Test
  void whatIsNotNeededAnyMoreTakesNoMoreThanWhatIs() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    int size = 5000;
    for (int i = 0; i < 60; i++) {
      Files.write(folder.resolve("f" + i), new byte[size]);
    }
    Random random = new Random(3);
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)))) {
      ClientSession session = pair.session(client);
      for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 7; i++) {
          byte[] bytes = new byte[size + random.nextInt(3)];
          random.nextBytes(bytes);
          Files.write(folder.resolve("f" + random.nextInt(60)), bytes);
        }
        try (FileTree copy = session.locals().open(request())) {
          assertSame(copy, folder);
        }
        assertThat(storedBytes()).isLessThanOrEqualTo(2 * 60 * (size + 2));
      }
    }
    try (SessionPair restarted = new SessionPair(temp);
        SessionServer client = restarted.connect(Lending.folders(Map.of("context", folder)))) {
      try (FileTree copy = restarted.session(client).locals().open(request())) {
        assertSame(copy, folder);
        assertThat(transferred.get()).isLessThan(61 * STAT_BYTES);
      }
    }
  }

  private long storedBytes() throws IOException {
    try (Stream<Path> all = Files.walk(temp.resolve("local"))) {
      return all.filter(p -> p.toString().contains("/files/") && Files.isRegularFile(p))
          .mapToLong(p -> p.toFile().length())
          .sum();
    }
  }

  @Test
  void buildsThatCopyOneFolderAtOnceAllGetWhatItHeld() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    for (int i = 0; i < 200; i++) {
      Files.writeString(folder.resolve("f" + i), "first " + i);
    }
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ClientSession session = pair.session(client);
      for (int round = 0; round < 5; round++) {
        List<Future<Void>> builds = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          builds.add(
              threads.submit(
                  () -> {
                    try (FileTree copy = session.locals().open(request())) {
                      assertSame(copy, folder);
                    }
                    return null;
                  }));
        }
        for (Future<Void> build : builds) {
          build.get();
        }
        for (int i = round; i < 200; i += 3) {
          Files.writeString(folder.resolve("f" + i), "round " + round + " of " + i);
        }
      }
      assertThat(pair.folders.list()).singleElement().matches(copy -> !copy.inUse());
    }
  }

  @Test
  void aSessionLostInTheMiddleFailsTheTransferAndLeavesNothing() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    Files.write(folder.resolve("large"), new byte[30_000_000]);
    try (SessionPair pair = new SessionPair(temp)) {
      SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)));
      ClientSession session = pair.session(client);
      LocalRequest cut =
          new LocalRequest(
              "context",
              LocalFilter.ALL,
              new TreeMap<>(),
              bytes -> {
                if (transferred.addAndGet(bytes) > 1_000_000) {
                  client.close();
                }
              });
      assertThatThrownBy(() -> session.locals().open(cut)).isInstanceOf(IOException.class);
      try (Stream<Path> stored = Files.walk(temp.resolve("local"))) {
        assertThat(stored.filter(p -> p.toString().contains("/files/") && Files.isRegularFile(p)))
            .isEmpty();
      }
    }
  }

  @Test
  void attributesThatMakeNoSenseAreRefusedByName() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)))) {
      ClientSession session = pair.session(client);
      assertThatThrownBy(() -> session.locals().open(with("local.metadatatransfer", "maybe")))
          .hasMessageContaining("invalid value for local.metadatatransfer \"maybe\"");
      assertThatThrownBy(() -> session.locals().open(with("local.differ", "size")))
          .hasMessageContaining("local.differ 'size' is unknown");
    }
  }

  private LocalRequest with(String attribute, String value) {
    transferred.set(0);
    return new LocalRequest(
        "context",
        LocalFilter.ALL,
        new TreeMap<>(Map.of(attribute, value)),
        transferred::addAndGet);
  }

  @Test
  void everythingIsTransferredAgainWhenNothingIsToBeCompared() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("context"));
    Files.write(folder.resolve("file"), new byte[100_000]);
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("context", folder)))) {
      ClientSession session = pair.session(client);
      session.locals().open(request()).close();
      session.locals().open(with("local.differ", "metadata")).close();
      assertThat(transferred.get()).isLessThan(STAT_BYTES);
      try (FileTree copy = session.locals().open(with("local.differ", "none"))) {
        assertSame(copy, folder);
        assertThat(transferred.get()).isGreaterThan(100_000);
      }
    }
  }

  @Test
  void aFolderOfASessionThatServesSeveralHasItsPrefix() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("folder"));
    Files.writeString(folder.resolve("file"), "prefixed");
    try (SessionPair pair = new SessionPair(temp);
        SessionServer client = pair.connect(Lending.folders(Map.of("two-context", folder)))) {
      LocalRequest request = with("local.session", "two:" + client.id());
      assertThat(request.session()).contains(client.id());
      try (FileTree copy = pair.session(client).locals().open(request)) {
        assertSame(copy, folder);
      }
    }
  }
}
