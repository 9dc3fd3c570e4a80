package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.builder.daemon.Client.Running;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code obd-build} by a daemon and by itself: the same commands, the same answers. */
@NeedsTool({"crun", "busybox", "docker-registry", "skopeo", "git", "setpriv", "tar"})
final class CommandLineTest extends DaemonTest {

  private static final Pattern DIGEST = Pattern.compile("\"containerimage.digest\" ?: ?\"([^\"]+)");
  private static final int HOST_LACKS = 3;
  private static final int INTERRUPTED = 130;

  private ObdBuildCommand byDaemon() {
    return new ObdBuildCommand(it.client(), List.of("--addr", it.address()));
  }

  private ObdBuildCommand byItself() {
    return new ObdBuildCommand(
        it.client().with("OBD_CONFIG", temp.resolve("daemon.toml").toString()),
        List.of("--addr", "local", "--root", temp.resolve("own").toString()));
  }

  @Test
  void aBuildGivesTheSameImageEitherWay() throws Exception {
    Path context =
        it.context(
            "FROM BASE\nCOPY --chmod=640 a b/ /srv/\nENV X=1\nWORKDIR /srv\nRUN cat a b > c\n",
            "a",
            "1\n",
            "b/b",
            "2\n");

    assertThat(pushed(byDaemon(), "same:far", context))
        .isEqualTo(pushed(byItself(), "same:own", context));
  }

  /** The digest of an image with ordinary layers, all of whose times are fixed. */
  private String pushed(ObdBuildCommand command, String name, Path context) throws Exception {
    Path metadata = Files.createTempFile(temp, "metadata", ".json");
    command
        .run(
            "build",
            "--build-arg=SOURCE_DATE_EPOCH=1700000000",
            "--metadata-file=" + metadata,
            "--output=type=image,push=true,compression=gzip,force-compression=true,rewrite-timestamp=true,name="
                + it.registry()
                + "/"
                + name,
            context.toString())
        .ok();
    Matcher digest = DIGEST.matcher(Files.readString(metadata));
    assertThat(digest.find()).as(Files.readString(metadata)).isTrue();
    assertThat(inspect(name)).contains(digest.group(1));
    return digest.group(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FROM BASE\nRUN echo told && exit 7\n",
        "FROM BASE\nCOPY none /\n",
        "FROM BASE\nRUMOUR x\n",
        "FROM BASE AS a\nFROM nothing.invalid/none\n"
      })
  void aFailureReadsTheSameEitherWay(String dockerfile) throws Exception {
    Path context = it.context(dockerfile);

    Ended far = byDaemon().run("build", "--progress=quiet", context.toString());
    Ended own = byItself().run("build", "--progress=quiet", context.toString());

    assertThat(far.code()).isEqualTo(own.code()).isEqualTo(1);
    assertThat(told(far)).isEqualTo(told(own)).contains("error: failed to solve");
  }

  /** What it printed but for times and for the names of what it read, which nobody knows. */
  private static String told(Ended ended) {
    return ended
        .err()
        .replaceAll("(?m)^\\d+\\.\\d{3} ", "TIME ")
        .replaceAll("checksum of ref \\S+ ", "checksum of ref REF ")
        .replaceAll("(?m)^SLF4J.*\n", "");
  }

  @Test
  void ctrlCEndsTheStepAtTheDaemon() throws Exception {
    Running build =
        byDaemon()
            .start(
                "build",
                "--progress=plain",
                it.context("FROM BASE\nRUN echo up5 && sleep 4323\n").toString());
    build.awaitPrinted("up5");

    it.client().run("kill", "-INT", Long.toString(build.process().pid())).ok();

    assertThat(build.await().code()).isEqualTo(INTERRUPTED);
    CancelledBuildTest.awaitNoProcess("4323");
    byDaemon().run("build", it.context("FROM BASE\n").toString()).ok();
  }

  @Test
  void aRepositoryIsBuiltByItsAddress() throws Exception {
    Path repositories = Files.createDirectory(temp.resolve("repositories"));
    Path context = it.context("FROM scratch\nCOPY f /f\n", "f", "of the repository\n");
    it.client().bareRepository(context, repositories.resolve("app.git"));
    Path far = temp.resolve("git-far");
    Path own = temp.resolve("git-own");

    try (GitDaemon git = GitDaemon.serve(repositories)) {
      byDaemon().run("build", "-o", far.toString(), git.url("app.git#main")).ok();
      byItself().run("build", "-o", own.toString(), git.url("app.git#main")).ok();
    }

    assertThat(far.resolve("f")).hasContent("of the repository\n");
    assertThat(own.resolve("f")).hasContent("of the repository\n");
  }

  @Test
  void anArchiveIsBuiltByItsAddress() throws Exception {
    Path context = it.context("FROM scratch\nCOPY f /f\n", "f", "of the archive\n");
    Path archive = temp.resolve("context.tar.gz");
    it.client().run("tar", "-C", context.toString(), "-czf", archive.toString(), ".").ok();
    byte[] bytes = Files.readAllBytes(archive);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/context.tar.gz",
        exchange -> {
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/context.tar.gz";
    Path far = temp.resolve("http-far");
    Path own = temp.resolve("http-own");

    try {
      byDaemon().run("build", "-o", far.toString(), address).ok();
      byItself().run("build", "-o", own.toString(), address).ok();
    } finally {
      server.stop(0);
    }

    assertThat(far.resolve("f")).hasContent("of the archive\n");
    assertThat(own.resolve("f")).hasContent("of the archive\n");
  }

  @Test
  void onlyWhoBuildsByHimselfNeedsRoot() throws Exception {
    Path open = Path.of(it.address().substring("unix://".length()));
    it.client().run("chmod", "666", open.toString()).ok();
    it.client().run("chmod", "711", temp.toString()).ok();
    Path context = it.context("FROM scratch\nCOPY f /f\n", "f", "anyone's\n");
    it.client().run("chmod", "-R", "a+rX", context.toString()).ok();

    byDaemon().asNobody().run("build", context.toString()).ok();
    byDaemon().asNobody().run("du").ok();
    Ended own = byItself().asNobody().run("build", context.toString());

    assertThat(own.code()).as(own.err()).isEqualTo(HOST_LACKS);
    assertThat(own.err())
        .isEqualTo(
            "error: obd-build needs root for mounts, loop devices and containers: run it with"
                + " sudo\n");
  }

  @Test
  void aBuildByItselfLoadsNothingOfTheWire() throws IOException, InterruptedException {
    Path log = temp.resolve("classes.log");
    Path context = it.context("FROM scratch\nCOPY f /f\n", "f", "alone\n");

    byItself()
        .withJvmFlags("-Xlog:class+load:file=" + log)
        .run("build", "--progress=plain", "-t", "alone", context.toString())
        .ok();

    assertThat(Files.readString(log))
        .contains("dev.obdbuild.builder.Engine ")
        .doesNotContain(" io.grpc.netty.")
        .doesNotContain(" io.netty.");
  }
}
