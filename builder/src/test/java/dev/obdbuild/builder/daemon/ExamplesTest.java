package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import dev.obdbuild.builder.daemon.Client.Running;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.testkit.NeedsBases;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example is built, run, and asked whether it is what its Dockerfile promises. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsBases
@NeedsTool({
  "buildctl",
  "buildx",
  "crun",
  "busybox",
  "docker-registry",
  "skopeo",
  "git",
  "ssh-agent",
  "ssh-add",
  "ssh-keygen"
})
@TestInstance(Lifecycle.PER_CLASS)
final class ExamplesTest {

  private static final Path CERTIFICATES = Path.of("/etc/ssl/certs/ca-certificates.crt");

  @SuppressWarnings("NullAway.Init") // set before the first test
  private Path temp;

  @SuppressWarnings("NullAway.Init") // started before the first test
  private DaemonFixture it;

  @SuppressWarnings("NullAway.Init") // made before the first test
  private ExampleImages images;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    temp = folder;
    it = DaemonFixture.start(temp, ExampleImages.MIRROR, List.of());
    images = new ExampleImages(it, Files.createDirectory(temp.resolve("run")));
    images.makeBases();
  }

  @AfterAll
  void stop() throws Exception {
    it.close();
  }

  /**
   * What becomes of an example.
   *
   * @param built flags it is built with
   * @param run arguments it is run with
   * @param prints what it prints then
   * @param config pointers into the image's configuration and the JSON there
   */
  private record Example(
      String name,
      List<String> built,
      List<String> run,
      String prints,
      Map<String, String> config) {

    static Example of(String name) {
      return new Example(name, List.of(), List.of(), "", Map.of());
    }

    Example built(String... flags) {
      return new Example(name, List.of(flags), run, prints, config);
    }

    Example run(String... arguments) {
      return new Example(name, built, List.of(arguments), prints, config);
    }

    Example prints(String text) {
      return new Example(name, built, run, text, config);
    }

    /** Double quotes may be written as single ones. */
    Example has(String pointer, String json) {
      Map<String, String> more = new LinkedHashMap<>(config);
      more.put(pointer, json.replace('\'', '"'));
      return new Example(name, built, run, prints, more);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Example> examples() {
    return Stream.of(
        Example.of("go-service")
            .built("--build-arg=VERSION=1.2.3")
            .run("--check")
            .prints("1.2.3 as 65532: hello, docker\n")
            .has("/config/User", "'65532:65532'")
            .has("/config/Entrypoint", "['/greet']")
            .has("/config/ExposedPorts", "{'8080/tcp':{}}")
            .has("/config/Labels/org.opencontainers.image.version", "'1.2.3'")
            .has(
                "/config/Healthcheck",
                "{'Test':['CMD','/greet','--check'],'Interval':10000000000,'Timeout':2000000000,'Retries':3}"),
        Example.of("rust-cli")
            .run("1994", "49")
            .prints("MCMXCIV\nXLIX\n")
            .has("/config/Cmd", "['2026']")
            .has("/history/0/created_by", "'COPY /out/roman /bin/roman # buildkit'"),
        Example.of("java-jlink")
            .run("b", "a", "b")
            .prints("{a=1, b=2} on Java 17\n")
            .has("/config/Volumes", "{'/data':{}}")
            .has(
                "/config/Env/0",
                "'PATH=/opt/runtime/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'"),
        Example.of("node-service")
            .run("node", "src/server.js", "--check")
            .prints("production as 1000: 42\n")
            .has("/config/ExposedPorts", "{'3000/tcp':{}}")
            .has("/config/StopSignal", "'SIGINT'")
            .has("/config/WorkingDir", "'/app'"),
        Example.of("python-wheels")
            .built("--secret=id=ca,src=" + CERTIFICATES)
            .run("--times", "2", "it", "works")
            .prints("IT WORKS!\nIT WORKS!\n")
            .has("/config/Entrypoint", "['shout']"),
        Example.of("cpp-cmake").prints("2 3 5 7 11 13 17 19 23 29\n"),
        Example.of("static-site")
            .run("sh", "-c", "id -un; cd /srv/www; stat -c '%a %n' . *; cat index.html")
            .prints(
                "nobody\n755 .\n644 about.html\n644 index.html\n"
                    + "<!doctype html><title>site</title>\n"
                    + "<h1>Welcome</h1>\n\nThis is a <em>small</em> site.\n\n")
            .has("/config/Healthcheck/Test/0", "'CMD-SHELL'"),
        Example.of("distroless")
            .prints("uid=65532 gid=65532 cwd=/home/nonroot zone=CEST bundle=there\n")
            .has("/config/User", "'nonroot:nonroot'"),
        Example.of("multi-target")
            .prints("1 2 Fizz 4 Buzz Fizz 7 8 Fizz Buzz 11 Fizz 13 14 FizzBuzz\n")
            .has("/config/User", "'nobody'"),
        Example.of("heredocs")
            .built("--build-arg=GREETING=hi")
            .prints(
                "==> perl <==\na,b,c\n\n==> python <==\n{\"cell\": [0, 1, 4, 9]}\n"
                    + "==> shell <==\nONE\nTWO\nTHREE\n"
                    + "greeting = hi\nquoted = \"hi\"\ngreeting = ${GREETING}\n"),
        Example.of("cache-mounts").prints("42\n0\n"),
        Example.of("build-args")
            .prints("plain on Debian 12 (amd64): 3 rc1 3-14-15-rc1 3.14.15 none \n")
            .has("/config/Env/8", "'DASHED=3-14-15-rc1'"),
        Example.of("entrypoint")
            .run("--verbose")
            .prints("keeper --verbose as keeper in /data: prepared\n")
            .has("/config/ExposedPorts", "{'6400/tcp':{},'6401/udp':{}}")
            .has("/config/Volumes", "{'/data':{}}")
            .has("/config/Healthcheck/StartInterval", "500000000"),
        Example.of("copy-flags").prints(COPIED),
        Example.of("labels")
            .built("--label=org.opencontainers.image.revision=abc", "--label=more=1")
            .prints("C.UTF-8 /a b/c\n")
            .has("/config/Labels/org.opencontainers.image.revision", "'abc'")
            .has("/config/Labels/more", "'1'")
            .has("/config/Labels/com.example.multi", "'line one line two'")
            .has(
                "/config/Labels/org.opencontainers.image.description",
                "'a \\'quoted\\' text, two  blanks, and a $dollar'")
            .has(
                "/config/ExposedPorts",
                "{'53/tcp':{},'53/udp':{},'8000/tcp':{},'8001/tcp':{},'8002/tcp':{}}")
            .has("/config/Healthcheck", "{'Test':['NONE']}")
            .has("/config/Shell", "['/bin/ash','-c']")
            .has("/config/StopSignal", "'9'"),
        Example.of("legacy")
            .prints("built in /\nfile\ndone\n")
            .has("/author", "'Some One <one@example.org>'")
            .has("/config/ExposedPorts", "{'443/tcp':{},'80/tcp':{}}")
            .has("/config/WorkingDir", "'/opt/bundle'"),
        Example.of("deb-package").prints("fortune-cookie\t1.2-3\nconfigured by configure\n"),
        Example.of("redis").run("self-test").prints("OK\n43\n").has("/config/User", "'redis'"),
        Example.of("dev-container")
            .built("--build-arg=USER_UID=1234")
            .prints(
                "uid=1234(dev) gid=1234(dev) groups=1234(dev),29(audio),44(video)\n/home/dev\n"
                    + "answer 42\ndev:dev\ndev:dev\n")
            .has("/config/WorkingDir", "'/home/dev/project'"));
  }

  /** As BuildKit 0.32 does it. */
  private static final String COPIED =
      """
      README.md f 644 0:0
      archive.tar.gz f 644 0:0
      chosen d 755 0:0
      chosen/link f 4755 0:0
      chosen/old f 644 4242:4242
      excluded d 755 0:0
      excluded/KEEP.md f 644 0:0
      excluded/src d 755 0:0
      excluded/src/code.c f 644 0:0
      excluded/src/main.txt f 644 0:0
      from d 755 0:0
      from/bin d 755 0:0
      from/bin/setuid f 4755 0:0
      from/hard f 4755 0:0
      from/link l 777 0:0
      from/old f 644 4242:4242
      linked d 755 4:5
      linked/README.md f 644 4:5
      owned d 640 1234:1234
      owned/README.md f 640 1234:1234
      parents d 755 0:0
      parents/pkg d 755 0:0
      parents/pkg/a d 755 0:0
      parents/pkg/a/src d 755 0:0
      parents/pkg/a/src/deep d 755 0:0
      parents/pkg/a/src/deep/er d 755 0:0
      parents/pkg/a/src/deep/er/leaf.txt f 644 0:0
      parents/pkg/a/src/main.txt f 644 0:0
      parents/pkg/b d 755 0:0
      parents/pkg/b/src d 755 0:0
      parents/pkg/b/src/main.txt f 644 0:0
      pivot d 755 0:0
      pivot/a d 755 0:0
      pivot/a/src d 755 0:0
      pivot/a/src/code.c f 644 0:0
      pivot/a/src/deep d 755 0:0
      pivot/a/src/deep/er d 755 0:0
      pivot/a/src/deep/er/leaf.txt f 644 0:0
      pivot/a/src/main.txt f 644 0:0
      pivot/b d 755 0:0
      pivot/b/README.md f 644 0:0
      symbolic d 755 0:0
      symbolic/README.md f 644 0:0
      symbolic/src d 755 0:0
      symbolic/src/main.txt f 644 0:0
      unpacked d 755 0:0
      unpacked/docs d 700 7:8
      unpacked/docs/page f 644 7:8
      """;

  @ParameterizedTest
  @MethodSource("examples")
  void isWhatItPromises(Example example) throws Exception {
    images.build(example.name(), example.built()).ok();

    assertThat(images.run(example.name(), List.of(), example.run())).isEqualTo(example.prints());
    var config = images.config(example.name());
    example.config().forEach((at, json) -> assertThat(config.at(at)).as(at).hasToString(json));
  }

  @Test
  void testReportAndProgramComeHomeFromTheirTargets() throws Exception {
    Path out = temp.resolve("primes");

    it.buildx(
            "build",
            "--target=artifact",
            "--output=" + out,
            ExampleImages.folder("cpp-cmake").toString())
        .ok();
    it.buildx(
            "build",
            "--target=test",
            "--output=" + out,
            ExampleImages.folder("cpp-cmake").toString())
        .ok();

    assertThat(out.resolve("report.txt")).content().contains("100% tests passed");
    assertThat(out.resolve("primes")).isExecutable();
  }

  @Test
  void aTargetBuildsOnlyWhatItNeeds() throws Exception {
    String test = images.build("multi-target", List.of("--target=test")).ok().err();
    String debug = images.build("multi-target", List.of("--target=debug")).ok().err();

    assertThat(test).contains("all tests passed").doesNotContain("chmod");
    assertThat(debug).doesNotContain("fizz_check");
    assertThat(images.config("multi-target").at("/config/Env").toString())
        .contains("APP_ENV=debug", "RUBYOPT=-w");
  }

  @Test
  void argumentsChooseStageAndNames() throws Exception {
    List<String> painted = List.of("--build-arg=FLAVOUR=painted", "--build-arg=COLOUR=red");

    images.build("build-args", painted).ok();

    assertThat(images.run("build-args", List.of(), List.of()))
        .isEqualTo("painted on Debian 12 (amd64): 3 rc1 3-14-15-rc1 3.14.15 red dark red\n");
    assertThat(images.build("build-args", List.of("--build-arg=FLAVOUR=painted")).failure())
        .contains("COLOUR: a painted one needs a COLOUR");
  }

  @Test
  void packagesOfACacheMountAreThereTheNextTime() throws Exception {
    images.build("cache-mounts", List.of()).ok();

    assertThat(images.build("cache-mounts", List.of("--build-arg=ROUND=2")).ok().err())
        .containsPattern("round 2: [1-9][0-9]* packages were there")
        .contains("count 1000:1000 750", "scratch tmpfs");
  }

  @Test
  void secretsAreInNoLayerNoConfigurationAndNoLog() throws Exception {
    Path netrc = Files.writeString(temp.resolve("netrc"), "machine m login l password hidden-1\n");
    List<String> flags = List.of("--secret=id=token,env=TOKEN", "--secret=id=netrc,src=" + netrc);

    String printed =
        it.client().with("TOKEN", "hidden-2").run(images.command("secrets", flags)).ok().err();

    assertThat(images.run("secrets", List.of(), List.of()))
        .isEqualTo("token of 8 letters\nnetrc 440 0:33\n1\ngone\n");
    assertThat(printed + images.config("secrets")).doesNotContain("hidden-");
    assertThat(images.build("secrets", List.of("--no-cache")).failure())
        .contains("secret token: not found");
    assertThat(
            images.run(
                "secrets",
                List.of(),
                List.of("sh", "-c", "grep -rl hidden- /etc /root /run; true")))
        .isEmpty();
  }

  @Test
  void keysOfTheAgentServeAStep() throws Exception {
    Path key = temp.resolve("key");
    it.client().run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).ok();
    List<String> all =
        new ArrayList<>(
            List.of("ssh-agent", "sh", "-c", "ssh-add -q \"$0\" && exec \"$@\"", key.toString()));
    all.addAll(List.of(images.command("ssh", List.of("--ssh=default"))));

    it.client().run(all.toArray(String[]::new)).ok();

    assertThat(images.run("ssh", List.of(), List.of("cat", "/home/nobody/.ssh/authorized_keys")))
        .isEqualTo(Files.readString(temp.resolve("key.pub")));
    assertThat(images.run("ssh", List.of(), List.of()))
        .startsWith("-rw-------    1 65534    65534");
  }

  @Test
  void childrenDoWhatTheirBaseSays() throws Exception {
    images.build("onbuild/base", List.of()).ok();

    images
        .build(
            "onbuild/child",
            List.of(
                "--build-arg=PHP_BASE=" + images.name("onbuild/base"), "--build-arg=APP_VERSION=7"))
        .ok();

    assertThat(images.run("onbuild/child", List.of(), List.of()))
        .isEqualTo("{\"version\":\"7\",\"files\":1}\n");
    assertThat(images.config("onbuild/base").at("/config/OnBuild/0").asString())
        .isEqualTo("ARG APP_VERSION=unknown");
    assertThat(images.config("onbuild/child").at("/config/OnBuild").isEmpty()).isTrue();
    assertThat(images.config("onbuild/child").at("/config/Labels/role").asString())
        .isEqualTo("child");
  }

  @Test
  void servicesShareARuntimeAndAFolder() throws Exception {
    images.bake(ExampleImages.folder("monorepo"));

    assertThat(images.run("monorepo/api", List.of(), List.of()))
        .isEqualTo("{\"price\": \"19.99 EUR\", \"uid\": 1500, \"shared\": [\"money.py\"]}\n");
    assertThat(images.run("monorepo/report", List.of(), List.of()))
        .isEqualTo("monthly 20.00 EUR\n");
  }

  @Test
  void aProgramIsCompiledForOtherPlatforms() throws Exception {
    images.build("go-cross", List.of("--platform=linux/amd64,linux/arm64,linux/riscv64")).ok();

    assertThat(images.run("go-cross", List.of(), List.of())).isEqualTo("linux/amd64\n");
    Path out = temp.resolve("cross");
    it.buildx(
            "build",
            "--platform=linux/arm64,linux/riscv64",
            "--output=" + out,
            ExampleImages.folder("go-cross").toString())
        .ok();
    assertThat(machine(out.resolve("linux_arm64/arch"))).isEqualTo(183);
    assertThat(machine(out.resolve("linux_riscv64/arch"))).isEqualTo(243);
  }

  /** For which machine a program is, by its ELF header. */
  private static int machine(Path program) throws Exception {
    byte[] bytes = Files.readAllBytes(program);
    return (bytes[18] & 0xff) | (bytes[19] & 0xff) << 8;
  }

  /**
   * The emulator comes from Debian's package, by a build, and is registered for this test alone.
   */
  @Test
  void stepsRunOnOtherPlatformsWhereThereIsAnEmulator() throws Exception {
    List<String> both = List.of("--platform=linux/amd64,linux/arm64", "--provenance=true");
    assertThat(workers()).doesNotContain("linux/arm64");
    assertThat(images.build("multi-platform", both).failure())
        .contains("xec format error")
        .contains("exit code: 1: this host runs no linux/arm64 programs, only those of linux/amd64")
        .contains("qemu-user-static");
    Path out = temp.resolve("machines");

    Running registered = register(emulator());
    try {
      assertThat(workers()).contains("linux/arm64");
      images.build("multi-platform", both).ok();
      it.buildx(
              "build",
              "--platform=linux/amd64,linux/arm64",
              "--output=" + out,
              ExampleImages.folder("multi-platform").toString())
          .ok();
    } finally {
      registered.process().destroy();
      registered.await();
    }

    assertThat(workers()).doesNotContain("linux/arm64");
    assertThat(out.resolve("linux_arm64/machine")).hasContent("aarch64\n");
    assertThat(out.resolve("linux_amd64/machine")).hasContent("x86_64\n");
    String index =
        it.client()
            .run(
                "skopeo",
                "inspect",
                "--tls-verify=false",
                "--raw",
                "docker://" + images.name("multi-platform"))
            .ok()
            .out();
    assertThat(index.split("\"architecture\":\"arm64\"", -1)).hasSize(2);
    assertThat(index.split("\"architecture\":\"amd64\"", -1)).hasSize(2);
    assertThat(index.split("attestation-manifest", -1)).hasSize(3);
    assertThat(images.run("multi-platform", List.of(), List.of()))
        .isEqualTo("linux/amd64 x86_64\n");
  }

  private String workers() throws Exception {
    return it.buildctl("debug", "workers").ok().out();
  }

  private Path emulator() throws Exception {
    Path out = temp.resolve("emulator");
    Path context =
        it.context(
            """
            FROM debian:12-slim AS fetch
            WORKDIR /packages
            RUN apt-get update && apt-get download qemu-user-static \\
             && dpkg-deb --fsys-tarfile *.deb | tar -xC / ./usr/bin/qemu-aarch64-static
            FROM scratch
            COPY --from=fetch /usr/bin/qemu-aarch64-static /
            """);
    it.buildx("build", "--output=" + out, context.toString()).ok();
    return out.resolve("qemu-aarch64-static");
  }

  /** The kernel forgets the entry when the process, the only one with that mount, is ended. */
  private Running register(Path emulator) throws Exception {
    String magic = "\\x7fELF\\x02\\x01\\x01" + "\\x00".repeat(9) + "\\x02\\x00\\xb7\\x00";
    String mask = "\\xff".repeat(7) + "\\x00" + "\\xff".repeat(8) + "\\xfe\\xff\\xff\\xff";
    Running holder =
        it.client()
            .start(
                "unshare",
                "-m",
                "sh",
                "-ec",
                """
                mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
                printf %s "$0" > /proc/sys/fs/binfmt_misc/register
                echo registered
                exec sleep 600
                """,
                ":obd-test:M::" + magic + ":" + mask + ":" + emulator + ":F");
    holder.awaitPrinted("registered");
    return holder;
  }

  @Test
  void aDebianPackageComesHome() throws Exception {
    Path out = temp.resolve("package");

    it.buildx(
            "build",
            "--target=package",
            "--output=" + out,
            ExampleImages.folder("deb-package").toString())
        .ok();

    assertThat(out.resolve("fortune-cookie_1.2-3_all.deb")).isNotEmptyFile();
  }

  @Test
  void sourcesComeByHttpAndGit() throws Exception {
    Path served = Files.createDirectory(temp.resolve("served"));
    it.client()
        .run(
            "sh",
            "-ec",
            """
            cd "$0"
            mkdir release lib.work && echo news > release/NEWS && tar -C release -czf release.tar.gz NEWS
            printf '#!/bin/sh\\necho tool\\n' > tool.sh
            cd lib.work && git init -q -b main && git config user.name A && git config user.email a@example.org
            mkdir lib && echo 1 > lib/version && git add . && git commit -qm one && git tag v1.0
            echo 2 > lib/version && git commit -qam two
            cd .. && git clone -q --bare lib.work lib.git
            """,
            served.toString())
        .ok();
    HttpServer files =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), served, OutputLevel.NONE);
    files.start();
    try (GitDaemon repositories = GitDaemon.serve(served)) {
      String sum = Digest.sha256(Files.readAllBytes(served.resolve("release.tar.gz"))).hex();
      List<String> flags =
          new ArrayList<>(
              List.of(
                  "--build-arg=FILES=http://127.0.0.1:" + files.getAddress().getPort(),
                  "--build-arg=REPOSITORY=" + repositories.url("lib.git"),
                  "--build-arg=SHA256=" + sum));
      images.build("remote-sources", flags).ok();

      assertThat(images.run("remote-sources", List.of(), List.of()))
          .isEqualTo(
              """
              /release.tar.gz 600 0:0
              /usr/bin/tool 755 7:8
              news
              1
              .git
              lib
              tool
              """);
      flags.set(2, "--build-arg=SHA256=" + "0".repeat(64));
      assertThat(images.build("remote-sources", flags).failure()).contains("digest mismatch");
    } finally {
      files.stop(0);
    }
  }
}
