package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Caches that one daemon leaves behind and one with an empty state folder takes over. */
final class CarriedCacheTest extends DaemonTest {

  private Path context(String word) throws Exception {
    return it.context(
        """
        FROM BASE AS tools
        RUN echo WORD > /tool && head -c 100000 /dev/urandom > /only-here
        COPY file /file
        FROM BASE
        COPY --from=tools /tool /file /
        RUN cat /tool /file > /both && head -c 100000 /dev/urandom > /random
        """
            .replace("WORD", word),
        "file",
        word);
  }

  /** The daemon forgets everything. */
  private void forget() throws Exception {
    it.daemon().end();
    try (Stream<Path> below = Files.walk(it.root())) {
      below.sorted(Comparator.reverseOrder()).forEach(CarriedCacheTest::delete);
    }
    it.startAgain();
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertTakenOver(Path context, String image, List<String> imports) throws Exception {
    String digest = inspect(image, "--format={{.Digest}}");
    forget();
    String[] more = Stream.concat(Stream.of(push(image)), imports.stream()).toArray(String[]::new);

    String printed = it.build(context, more).ok().err();

    // Random bytes were not made again: the image is the same.
    assertThat(inspect(image, "--format={{.Digest}}")).isEqualTo(digest);
    assertThat(printed.lines().filter(line -> line.endsWith(" CACHED"))).hasSizeGreaterThan(2);
  }

  @Test
  void aCacheInARegistry() throws Exception {
    Path context = context("registry");
    String cache = "ref=" + it.registry() + "/cache/registry";
    it.build(context, push("c/r"), "--export-cache=type=registry,mode=max," + cache).ok();

    assertTakenOver(context, "c/r", List.of("--import-cache=type=registry," + cache));
  }

  @Test
  void aCacheInAFolderOfTheClient() throws Exception {
    Path context = context("folder");
    Path folder = temp.resolve("cache");
    it.build(context, push("c/l"), "--export-cache=type=local,mode=max,dest=" + folder).ok();

    assertTakenOver(context, "c/l", List.of("--import-cache=type=local,src=" + folder));
  }

  @Test
  void aCacheInsideTheImage() throws Exception {
    Path context = context("inline");
    it.build(context, push("c/i"), "--export-cache=type=inline").ok();

    assertTakenOver(
        context, "c/i", List.of("--export-cache=type=inline", "--import-cache=" + image("c/i")));
  }

  private static final String FILLS =
      "FROM BASE\nRUN --mount=type=cache,target=/c,id=NAME "
          + "head -c 4000000 /dev/urandom > /c/big && echo kept > /c/small\n";

  private static final String READS =
      "FROM BASE\nRUN --mount=type=cache,target=/c,id=NAME cat /c/small && echo more >> /c/small\n";

  @Test
  void cacheMountsInARegistry() throws Exception {
    String cache = "type=registry,ref=" + it.registry() + "/cache/mounts,mounts=true";
    it.build(it.context(FILLS.replace("NAME", "reg")), "--export-cache=" + cache).ok();
    forget();
    Path reads = it.context(READS.replace("NAME", "reg"));

    String printed =
        it.build(reads, "--import-cache=" + cache, "--export-cache=" + cache).ok().err();

    assertThat(printed).contains(" kept").contains("preparing cache mount /reg");
    assertThat(it.buildctl("du", "--filter=type==exec.cachemount", "--verbose").ok().out())
        .contains("cached mount with id \"/reg\"");
    assertThat(
            it.buildctl("du", "--format={{range .}}{{.Size}} {{end}}")
                .ok()
                .out()
                .strip()
                .split(" ", -1))
        .as("nothing has its size: its blocks were not read")
        .allMatch(size -> Long.parseLong(size) < 4_000_000);

    it.buildctl("prune", "--filter=type==exec.cachemount").ok();
    assertThat(it.buildctl("du", "--verbose").ok().out())
        .doesNotContain("cache mount")
        .doesNotContain("cached mount");
    forget();
    Path again = it.context("FROM BASE\nRUN --mount=type=cache,target=/c,id=reg cat /c/small\n");
    assertThat(it.build(again, "--import-cache=" + cache).ok().err()).contains(" kept", " more");
  }

  @Test
  void cacheMountsInAFolderOfTheClient() throws Exception {
    Path folder = temp.resolve("mounts");
    it.build(
            it.context(FILLS.replace("NAME", "dir")),
            "--export-cache=type=local,mounts=true,dest=" + folder)
        .ok();
    forget();
    Path reads = it.context(READS.replace("NAME", "dir"));

    assertThat(it.build(reads, "--import-cache=type=local,mounts=false,src=" + folder).failure())
        .contains("exit code");
    it.buildctl("prune", "--all").ok();
    assertThat(it.build(reads, "--import-cache=type=local,src=" + folder).ok().err())
        .contains(" kept");
    it.buildctl("prune", "--all").ok();
    it.buildctl("prune-histories").ok();
    assertThat(it.buildctl("du", "--format={{json .}}").ok().out().strip())
        .as("nothing holds the layers of a mount that is gone")
        .isIn("", "[]", "null");
  }

  @Test
  void anInlineCacheCannotHoldCacheMounts() throws Exception {
    assertThat(it.build(context("inlined"), "--export-cache=type=inline,mounts=true").failure())
        .contains("cache type inline: mounts=true is not possible");
    assertThat(
            it.build(
                    context("inlined"),
                    "--export-cache=type=local,mounts=maybe,dest=" + temp.resolve("maybe"))
                .failure())
        .contains("mounts=maybe is not true or false");
  }

  private String image(String name) {
    return "type=registry,ref=" + it.registry() + "/" + name;
  }

  @Test
  void buildxTellsWhichCacheItWrote() throws Exception {
    Path context = context("buildx");
    Path metadata = temp.resolve("metadata.json");

    it.buildx(
            "build",
            "--cache-to=" + image("cache/x"),
            "--metadata-file=" + metadata,
            context.toString())
        .ok();

    assertThat(metadata).content().contains("cache.manifest");
    assertThat(
            it.buildx("build", "--cache-from=" + it.registry() + "/cache/x", context.toString())
                .ok()
                .err())
        .contains("importing cache manifest from");
  }

  @Test
  void aFolderWithoutACacheYetIsNoFailure() throws Exception {
    Path context = it.context("FROM BASE\nRUN echo first > /f\n");
    Path folder = temp.resolve("first");

    assertThat(
            it.build(
                    context,
                    "--import-cache=type=local,src=" + folder,
                    "--export-cache=type=local,dest=" + folder)
                .ok()
                .err())
        .contains("there is no cache in local:" + folder);

    assertThat(folder.resolve("index.json")).isNotEmptyFile();
  }

  @Test
  void cachesThatThereAreNotAreRefusedByName() throws Exception {
    Path context = context("refused");

    assertThat(it.build(context, "--import-cache=type=s3,bucket=b").failure())
        .contains("cache type s3 is not supported yet");
    assertThat(it.build(context, "--export-cache=type=azblob,name=n").failure())
        .contains("cache type azblob is not supported yet");
    assertThat(
            it.build(context, "--export-cache=type=gha,url=http://h,url_v2=http://h,token=t")
                .failure())
        .contains("cache type gha is not supported yet");
  }
}
