package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.obdbuild.testkit.NeedsTool;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every kind of context by every way to build: by {@code obd-build} itself, by {@code obd-build}
 * through the daemon, by {@code buildx} and, where it can name such a context, by {@code buildctl}.
 */
@NeedsTool({"buildctl", "buildx", "crun", "busybox", "docker-registry", "skopeo", "git", "tar"})
final class ContextKindsTest extends DaemonTest {

  private static final Path NOTHING = Path.of("/dev/null");
  private static final long HUGE = 1L << 40;

  /** Builds with the same flags by {@code obd-build}, alone and through the daemon, and buildx. */
  private List<Path> built(List<String> flags, Path in) throws Exception {
    List<Path> outs = new ArrayList<>();
    ObdBuildCommand own =
        new ObdBuildCommand(
            it.client().with("OBD_CONFIG", temp.resolve("daemon.toml").toString()),
            List.of("--addr", "local", "--root", temp.resolve("own").toString()));
    ObdBuildCommand far = new ObdBuildCommand(it.client(), List.of("--addr", it.address()));
    for (ObdBuildCommand command : List.of(own, far)) {
      Path out = out();
      command.runFrom(in, "build", with(flags, "--output=type=local,dest=" + out)).ok();
      outs.add(out);
    }
    Path out = out();
    it.client()
        .runFrom(
            in,
            it.buildxCommand(
                with(List.of("build"), with(flags, "--output=type=local,dest=" + out))))
        .ok();
    outs.add(out);
    return outs;
  }

  private static String[] with(List<String> first, String... then) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(then));
    return all.toArray(String[]::new);
  }

  private Path out() throws Exception {
    return Files.createTempDirectory(temp, "out");
  }

  private Path byBuildctl(Path folder, String... more) throws Exception {
    Path out = out();
    List<String> flags = new ArrayList<>(List.of(more));
    flags.add("--output=type=local,dest=" + out);
    it.build(folder, flags.toArray(String[]::new)).ok();
    return out;
  }

  @Test
  void aFolderHasALowerCaseDockerfileAndAnIgnoreFileOfItsOwn() throws Exception {
    Path folder =
        it.context("FROM scratch\nCOPY . /\n", "seen", "1", "hidden", "2", ".dockerignore", "seen");
    Files.move(folder.resolve("Dockerfile"), folder.resolve("dockerfile"));
    // The frontend knows it by the usual name; buildx looks first, and asks for the name it sees.
    for (String name : List.of("Dockerfile.dockerignore", "dockerfile.dockerignore")) {
      Files.writeString(folder.resolve(name), "hidden\n*.dockerignore\n");
    }

    List<Path> outs = built(List.of(folder.toString()), NOTHING);
    outs.add(byBuildctl(folder));

    for (Path out : outs) {
      assertThat(out.resolve("seen")).hasContent("1");
      assertThat(out.resolve("hidden")).doesNotExist();
      assertThat(out.resolve("Dockerfile.dockerignore")).doesNotExist();
    }
  }

  @Test
  void aContextComesFromStandardInput() throws Exception {
    Path folder = it.context("FROM scratch\nCOPY f /\n", "f", "of the archive");
    Path archive = temp.resolve("stdin.tar");
    it.client().run("tar", "-C", folder.toString(), "-cf", archive.toString(), ".").ok();
    Path alone = Files.writeString(temp.resolve("alone"), "FROM scratch\nCOPY <<E /f\nalone\nE\n");
    Path other = Files.writeString(temp.resolve("other"), "FROM scratch\nCOPY f /g\n");

    for (Path out : built(List.of("-"), archive)) {
      assertThat(out.resolve("f")).hasContent("of the archive");
    }
    for (Path out : built(List.of("-"), alone)) {
      assertThat(out.resolve("f")).hasContent("alone");
    }
    for (Path out : built(List.of("-f", "-", folder.toString()), other)) {
      assertThat(out.resolve("g")).hasContent("of the archive");
    }
  }

  @Test
  void aContextIsARepository() throws Exception {
    Path repositories = repositories("FROM scratch\nCOPY . /\n");
    try (GitDaemon git = GitDaemon.serve(repositories)) {
      for (String form :
          List.of(
              "#main:sub",
              "?branch=main&subdir=sub",
              "?ref=main&subdir=sub&keep-git-dir=false&submodules=false")) {
        String repository = git.url("app.git" + form);
        List<Path> outs = built(List.of(repository), NOTHING);
        outs.add(byBuildctlAt(repository));
        for (Path out : outs) {
          assertThat(out.resolve("f")).as(form).hasContent("of the repository");
          assertThat(out.resolve(".git")).doesNotExist();
          assertThat(out.resolve("top")).doesNotExist();
        }
      }
    }
  }

  @Test
  void aContextIsAnArchiveOrADockerfileByItsAddress() throws Exception {
    Path folder = it.context("FROM scratch\nCOPY f /\n", "f", "of the archive");
    Path archive = temp.resolve("served.tar.gz");
    it.client().run("tar", "-C", folder.toString(), "-czf", archive.toString(), ".").ok();
    HttpServer server = serve(archive, it.context("FROM scratch\nCOPY <<E /f\nalone\nE\n"));
    try {
      for (String name : List.of("archive", "alone")) {
        String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
        List<Path> outs = built(List.of(address), NOTHING);
        outs.add(byBuildctlAt(address));
        for (Path out : outs) {
          assertThat(out.resolve("f"))
              .content()
              .isEqualToIgnoringNewLines(name.equals("archive") ? "of the archive" : name);
        }
      }
    } finally {
      server.stop(0);
    }
  }

  private static HttpServer serve(Path archive, Path folder) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    serve(server, "/archive", Files.readAllBytes(archive));
    serve(server, "/alone", Files.readAllBytes(folder.resolve("Dockerfile")));
    server.start();
    return server;
  }

  private static void serve(HttpServer server, String path, byte[] bytes) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private Path byBuildctlAt(String context) throws Exception {
    Path out = out();
    it.buildctl(
            "build",
            "--progress=plain",
            "--frontend=dockerfile.v0",
            "--opt=context=" + context,
            "--output=type=local,dest=" + out)
        .ok();
    return out;
  }

  /** A folder with the bare repository {@code app.git}: a file at its top, a context below. */
  private Path repositories(String dockerfile) throws Exception {
    Path repositories = Files.createTempDirectory(temp, "repositories");
    Path source =
        it.context("", "top", "1", "sub/f", "of the repository", "sub/Dockerfile", dockerfile);
    it.client().bareRepository(source, repositories.resolve("app.git"));
    return repositories;
  }

  @Test
  void buildxLinksTheTargetsOfABakeFile() throws Exception {
    Path out = out();
    Path folder =
        it.context(
            "FROM scratch AS made\nCOPY f /linked\nFROM scratch AS user\nCOPY --from=made /linked /\n",
            "f",
            "of the target",
            "docker-bake.json",
            """
            {"target": {
              "first": {"target": "made"},
              "it": {"target": "user", "contexts": {"made": "target:first"},
                     "output": ["type=local,dest=OUT"]}}}
            """
                .replace("OUT", out.toString()));

    it.client()
        .run(
            "sh",
            "-c",
            "cd \"$0\" && exec buildx bake --allow=fs=* --builder=" + it.builder() + " it",
            folder.toString())
        .ok();

    assertThat(out.resolve("linked")).hasContent("of the target");
  }

  @Test
  void contextsAreNamed() throws Exception {
    Path folder =
        it.context(
            """
            FROM scratch
            COPY --from=image /etc/passwd /image
            COPY --from=layout /etc/passwd /layout
            COPY --from=repository /f /repository
            COPY --from=folder /f /folder
            COPY --from=archive /context /archive
            """);
    Path other = it.context("", "f", "of the folder");
    Path repositories = repositories("");
    Path layout = temp.resolve("base/layout");
    String digest =
        it.client()
            .run("sh", "-c", "grep -o 'sha256:[0-9a-f]*' \"$0/index.json\"", layout.toString())
            .ok()
            .out()
            .strip();
    Path packed = it.context("", "f", "of the archive");
    Path archive = temp.resolve("named.tar");
    it.client().run("tar", "-C", packed.toString(), "-cf", archive.toString(), ".").ok();
    HttpServer server = serve(archive, packed);
    String http = "http://127.0.0.1:" + server.getAddress().getPort() + "/archive";
    try (GitDaemon git = GitDaemon.serve(repositories)) {
      String repository = git.url("app.git#main:sub");
      List<Path> outs =
          built(
              List.of(
                  "--build-context=image=docker-image://" + it.base(),
                  "--build-context=layout=oci-layout://" + layout + "@" + digest,
                  "--build-context=repository=" + repository,
                  "--build-context=folder=" + other,
                  "--build-context=archive=" + http,
                  folder.toString()),
              NOTHING);
      outs.add(
          byBuildctl(
              folder,
              "--opt=context:image=docker-image://" + it.base(),
              "--oci-layout=layout=" + layout,
              "--opt=context:layout=oci-layout://layout@" + digest,
              "--opt=context:repository=" + repository,
              "--opt=context:archive=" + http,
              "--local=other=" + other,
              "--opt=context:folder=local:other"));
      for (Path out : outs) {
        assertThat(out.resolve("image")).content().startsWith("root:");
        assertThat(out.resolve("layout")).content().startsWith("root:");
        assertThat(out.resolve("repository")).hasContent("of the repository");
        assertThat(out.resolve("folder")).hasContent("of the folder");
        // As BuildKit has it: a file of that name, which nothing unpacks.
        assertThat(out.resolve("archive")).hasBinaryContent(Files.readAllBytes(archive));
      }
    } finally {
      server.stop(0);
    }
  }

  @Test
  void onlyWhatNeededStagesCopyIsTransferredAndHashed() throws Exception {
    Path folder =
        it.context(
            "FROM scratch AS unneeded\nCOPY huge /\nFROM scratch\nCOPY used/*.txt /\nCOPY dir /d\n",
            "used/a.txt",
            "a",
            "used/b.txt",
            "b",
            "dir/f",
            "f",
            "not/named",
            "n");
    // Whoever reads one of these does not come back.
    for (String name : List.of("huge", "used/huge", "not/huge")) {
      try (RandomAccessFile huge = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
        huge.setLength(HUGE);
      }
    }
    long before = copied();

    List<Path> outs = built(List.of(folder.toString()), NOTHING);

    for (Path out : outs) {
      assertThat(out.resolve("a.txt")).hasContent("a");
      assertThat(out.resolve("b.txt")).hasContent("b");
      assertThat(out.resolve("d/f")).hasContent("f");
    }
    // The daemon has copies for two clients: of the Dockerfile, and of three files each.
    assertThat(copied() - before).isLessThanOrEqualTo(2 * 4);
  }

  /** How many files of clients the daemon holds. */
  private long copied() throws Exception {
    Path local = it.root().resolve("local");
    if (!Files.exists(local)) {
      return 0;
    }
    try (Stream<Path> all = Files.walk(local)) {
      return all.filter(file -> file.toString().contains("/files/") && Files.isRegularFile(file))
          .count();
    }
  }
}
