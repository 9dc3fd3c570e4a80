package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.crash.Leftovers;
import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.builder.daemon.Client.Running;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.pusher.cache.CacheDocument;
import dev.obdbuild.testkit.Busybox;
import dev.obdbuild.testkit.LoggedRequest;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Cache mounts that {@code obd-build} without a daemon takes from one state folder to another, by a
 * registry.
 */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "mke2fs"})
@TestInstance(Lifecycle.PER_CLASS)
final class TravellingMountTest {

  private static final int BIG = 8_000_000;

  private static final String MOUNT = "RUN --mount=type=cache,target=/m,id=m";

  private static final String FILLS =
      MOUNT + " head -c " + BIG + " /dev/urandom > /m/big && echo kept > /m/small\n";

  private static final String LOOKS = MOUNT + " echo found $(cat /m/small)\n";

  /** What a machine has left in the registry that has carried out {@link #FILLS}. */
  @SuppressWarnings("NullAway.Init") // started before the first test
  private TestRegistry filled;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Path temp;

  @SuppressWarnings("NullAway.Init") // started before each test
  private TestRegistry registry;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Client client;

  @BeforeAll
  void fill(@TempDir Path folder) throws Exception {
    start(folder);
    machine("a").build(context(FILLS), to()).ok();
    filled = registry;
  }

  @AfterAll
  void end() {
    filled.close();
  }

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    temp = folder;
    registry = TestRegistry.start();
    client = new Client(Files.createDirectory(temp.resolve("printed")), Map.of());
  }

  /** From now on the registry is one with that cache. */
  private void takeFilled() throws IOException {
    registry.close();
    registry = TestRegistry.startLike(filled);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  /** A state folder, on which commands are run one after another. */
  private record Machine(Path root, ObdBuildCommand command) {

    Ended build(Path context, String... flags) throws IOException, InterruptedException {
      return command.run("build", arguments(context, flags));
    }

    Running start(Path context, String... flags) throws IOException {
      return command.start("build", arguments(context, flags));
    }

    private static String[] arguments(Path context, String... flags) {
      return Stream.concat(
              Stream.of("--progress=plain"),
              Stream.concat(Stream.of(flags), Stream.of("" + context)))
          .toArray(String[]::new);
    }
  }

  private Machine machine(String name) {
    Path root = temp.resolve(name);
    return new Machine(
        root, new ObdBuildCommand(client, List.of("--addr", "local", "--root", root.toString())));
  }

  /** A context whose Dockerfile goes on with these lines behind a base with busybox. */
  private Path context(String lines) throws IOException {
    return Busybox.context(
        temp,
        """
        FROM --platform=$BUILDPLATFORM scratch AS tools
        COPY busybox /bin/busybox
        RUN ["/bin/busybox", "--install", "-s", "/bin"]
        FROM tools
        """
            + lines);
  }

  private String place() {
    return "type=registry,ref=" + registry.host() + "/cache:main";
  }

  private String from() {
    return "--cache-from=" + place();
  }

  private String to() {
    return "--cache-to=" + place() + ",mode=max,mounts=true";
  }

  private CacheDocument document() throws IOException {
    Manifest manifest =
        Manifest.parse(registry.manifest("cache", "main").orElseThrow(), "cache:main");
    String digest = manifest.config().digest().toString();
    return CacheDocument.parse(registry.blob("cache", digest).orElseThrow(), digest);
  }

  /** Bytes of blobs that were asked for since the log was cleared. */
  private long read() {
    long sum = 0;
    for (LoggedRequest request : registry.requests("GET /v2/cache/blobs")) {
      String[] range = request.header("range").orElse("").replace("bytes=", "").split("-", -1);
      if (range.length == 2) {
        sum += Long.parseLong(range[1]) - Long.parseLong(range[0]) + 1;
      } else {
        String digest = request.path().substring(request.path().lastIndexOf('/') + 1);
        sum += registry.blob("cache", digest).orElseThrow().length;
      }
    }
    return sum;
  }

  @Test
  void aFreshStateFolderReadsOnlyTheBlocksThatAStepAsksFor() throws Exception {
    takeFilled();
    registry.clearLog();

    Ended looked = machine("b").build(context(LOOKS), from()).ok();

    assertThat(looked.err()).contains("found kept");
    assertThat(read()).isBetween(1L, BIG / 4L);
    assertThat(machine("b").build(context(MOUNT + " wc -c < /m/big\n"), from()).ok().err())
        .contains(" " + BIG);
    assertThat(read()).as("all of it is there").isGreaterThan(BIG);
  }

  @Test
  void whatAMachineAddsGoesOnToTheThird() throws Exception {
    takeFilled();
    machine("b").build(context(MOUNT + " echo more >> /m/small\n"), from(), to()).ok();
    registry.clearLog();

    assertThat(machine("c").build(context(LOOKS), from()).ok().err()).contains("found kept more");
    assertThat(read()).isBetween(1L, BIG / 4L);
  }

  /** The mount is a folder of the host, or a device. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBuilderKilledAmidAStepLeavesAMountThatWorksAndNothingElse(boolean carried)
      throws Exception {
    Machine killed = carried ? machine("b") : machine("a");
    if (carried) {
      takeFilled();
    } else {
      killed.build(context(FILLS), to()).ok();
      killed.build(context(FILLS + "RUN true\n")).ok();
    }
    Leftovers leftovers = new Leftovers(killed.root());
    Running writing =
        killed.start(
            context(MOUNT + " echo half > /m/half && rm /m/big && echo writing; sleep 4327\n"),
            from());
    writing.awaitPrinted(" writing\n");

    writing.process().destroyForcibly();
    writing.await().failure();
    String next =
        killed
            .build(context(MOUNT + " ls /m && echo more >> /m/small\n" + LOOKS), from())
            .ok()
            .err();

    assertThat(next).contains("found kept more");
    assertThat(leftovers.find()).isEmpty();
    assertThat(killed.root().resolve("tmp")).isEmptyDirectory();
    assertThat(killed.command().run("du").ok().out()).contains("m");
  }

  /** Each of the two steps goes on only when the other one has begun, but for locked mounts. */
  private Path twoAtOnce(String sharing, String meets) throws IOException {
    String step =
        "RUN --mount=type=cache,target=/m,id=m,sharing="
            + sharing
            + " --mount=type=cache,target=/meet,id=meet "
            + "touch /m/by-ONE "
            + meets
            + " && echo ONE found $(cat /m/small) beside $(ls -d /m/by-*) > /found && cat /found\n";
    return context(
        "FROM tools AS one\n"
            + step.replace("ONE", "one").replace("OTHER", "two")
            + "FROM tools AS two\n"
            + step.replace("ONE", "two").replace("OTHER", "one")
            + "FROM tools\nCOPY --from=one /found /1\nCOPY --from=two /found /2\n");
  }

  private static final String MEET =
      "&& touch /meet/ONE && until [ -e /meet/OTHER ]; do sleep 0.02; done";

  private String twoOnACarriedMount(String sharing, String meets) throws Exception {
    takeFilled();
    return machine("b").build(twoAtOnce(sharing, meets), from()).ok().err();
  }

  @Test
  void twoStepsShareACarriedMount() throws Exception {
    assertThat(twoOnACarriedMount("shared", MEET))
        .contains("one found kept beside /m/by-one /m/by-two")
        .contains("two found kept beside /m/by-one /m/by-two");
  }

  @Test
  void eachOfTwoStepsHasAPrivateMountThatStartsAsItWasCarried() throws Exception {
    assertThat(twoOnACarriedMount("private", MEET))
        .contains("one found kept beside /m/by-one\n")
        .contains("two found kept beside /m/by-two\n");
  }

  @Test
  void aLockedCarriedMountIsHadByOneStepAfterTheOther() throws Exception {
    String alone = "&& mkdir /m/alone && sleep 0.3 && rmdir /m/alone";

    assertThat(twoOnACarriedMount("locked", alone))
        .contains("one found kept")
        .contains("two found kept")
        .contains("found kept beside /m/by-one /m/by-two");
  }

  @Test
  void ownerModeAndContentThatItBeganWithTellMountsApart() throws Exception {
    String mount = "RUN --mount=type=cache,target=/m,id=m";
    String looks = " echo $(stat -c '%u:%g %a' /m) has $(ls /m)\n";
    String seeds = "FROM tools AS seed\nRUN mkdir /seed && echo 1 > /seed/s\nFROM tools\n";
    List<String> kinds =
        List.of(",uid=1000,gid=1001,mode=0750", ",mode=0700", ",from=seed,source=/seed");
    StringBuilder fills = new StringBuilder(seeds);
    kinds.forEach(
        kind -> fills.append(mount + kind + " echo kept > /m/with" + kinds.indexOf(kind) + "\n"));
    machine("a").build(context(fills.toString()), to()).ok();

    StringBuilder asks = new StringBuilder(seeds);
    kinds.forEach(kind -> asks.append(mount + kind + looks));
    asks.append(mount + ",uid=1001,gid=1001,mode=0750" + looks).append(mount + looks);
    String printed = machine("b").build(context(asks.toString()), from()).ok().err();

    assertThat(printed)
        .contains(" 1000:1001 750 has with0\n")
        .contains(" 0:0 700 has with1\n")
        .contains(" 0:0 755 has s with2\n")
        .contains(" 1001:1001 750 has\n")
        .contains(" 0:0 755 has\n");
  }

  @Test
  void stepsOfTwoPlatformsCarryOneMountOrTwo() throws Exception {
    String steps =
        """
        ARG TARGETARCH
        RUN --mount=type=cache,target=/m,id=m-$TARGETARCH --mount=type=cache,target=/b,id=both \
            DO
        """;
    String both = "--platform=linux/amd64,linux/arm64";
    Machine first = machine("a");
    first
        .build(
            context(steps.replace("DO", "echo of $TARGETARCH > /m/own && touch /b/$TARGETARCH")),
            both,
            to())
        .ok();

    assertThat(document().mounts())
        .extracting(CacheDocument.Mount::id)
        .containsExactlyInAnyOrder("/both", "/m-amd64", "/m-arm64");
    String printed =
        machine("b")
            .build(
                context(steps.replace("DO", "echo $TARGETARCH: $(cat /m/own) $(ls /b)")),
                both,
                from())
            .ok()
            .err();
    assertThat(printed)
        .contains("amd64: of amd64 amd64 arm64")
        .contains("arm64: of arm64 amd64 arm64");
  }

  private static final String FINDS = MOUNT + " echo found $(cat /m/small || echo nothing)\n";

  private void assertBuildsWithoutTheMount(String name, String says) throws Exception {
    assertThat(machine(name).build(context(FINDS), from()).ok().err())
        .contains("found nothing")
        .contains(says);
  }

  @Test
  void aBuildGoesOnWithoutACacheThatIsMissingOrDamagedAndSaysSo() throws Exception {
    assertBuildsWithoutTheMount("missing", registry.host() + "/cache:main");
    takeFilled();
    byte[] manifest = registry.manifest("cache", "main").orElseThrow();
    String document = Manifest.parse(manifest, "cache").config().digest().toString();
    byte[] text = registry.blob("cache", document).orElseThrow();

    registry.replaceBlob("cache", document, "{}".getBytes(StandardCharsets.UTF_8));
    assertBuildsWithoutTheMount("replaced", document);
    byte[] torn = text.clone();
    torn[torn.length / 2] ^= 1;
    registry.replaceBlob("cache", document, torn);
    assertBuildsWithoutTheMount("torn", document);
    registry.deleteBlob("cache", document);
    assertBuildsWithoutTheMount("deleted", document);
    List<String> bodies = new ArrayList<>(List.of("not JSON", "{}", "{\"schemaVersion\":2}"));
    bodies.add(new String(manifest, StandardCharsets.UTF_8).substring(0, manifest.length / 2));
    for (String body : bodies) {
      registry.putManifest(
          "cache",
          "main",
          "application/vnd.oci.image.manifest.v1+json",
          body.getBytes(StandardCharsets.UTF_8));
      assertBuildsWithoutTheMount("manifest" + bodies.indexOf(body), "/cache:main");
    }
  }

  @Test
  void aDamagedLayerOfAMountFailsTheStepThatReadsItAndNoOtherAndTheMountCanBeRemoved()
      throws Exception {
    takeFilled();
    CacheDocument document = document();
    String layer = document.layers().get(document.mounts().getFirst().top()).blob().toString();
    byte[] bytes = registry.blob("cache", layer).orElseThrow();
    for (int at = bytes.length / 4; at < bytes.length / 2; at += 512) {
      bytes[at] ^= 1;
    }
    registry.replaceBlob("cache", layer, bytes);
    Machine second = machine("b");

    assertThat(second.build(context(MOUNT + " cat /m/big > /dev/null\n"), from()).failure())
        .contains(layer);
    assertThat(second.build(context(LOOKS), from()).ok().err()).contains("found kept");
    second.command().run("prune", "--all", "--force").ok();
    assertThat(second.build(context(FINDS)).ok().err()).contains("found nothing");
  }
}
