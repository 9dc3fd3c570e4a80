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
import java.util.List;
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
@Tag("examples")
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

  @ParameterizedTest
  @MethodSource("dev.obdbuild.builder.daemon.Example#all")
  void isWhatItPromises(Example example) throws Exception {
    images.build(example.name(), example.built()).ok();

    assertThat(images.run(example.name(), example.run().toArray(String[]::new)))
        .isEqualTo(example.prints());
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

    assertThat(images.run("build-args"))
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

    assertThat(images.run("secrets")).isEqualTo("token of 8 letters\nnetrc 440 0:33\n1\ngone\n");
    assertThat(printed + images.config("secrets")).doesNotContain("hidden-");
    assertThat(images.build("secrets", List.of("--no-cache")).failure())
        .contains("secret token: not found");
    assertThat(images.run("secrets", "sh", "-c", "grep -rl hidden- /etc /root /run; true"))
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

    assertThat(images.run("ssh", "cat", "/home/nobody/.ssh/authorized_keys"))
        .isEqualTo(Files.readString(temp.resolve("key.pub")));
    assertThat(images.run("ssh")).startsWith("-rw-------    1 65534    65534");
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

    assertThat(images.run("onbuild/child")).isEqualTo("{\"version\":\"7\",\"files\":1}\n");
    assertThat(images.config("onbuild/base").at("/config/OnBuild/0").asString())
        .isEqualTo("ARG APP_VERSION=unknown");
    assertThat(images.config("onbuild/child").at("/config/OnBuild").isEmpty()).isTrue();
    assertThat(images.config("onbuild/child").at("/config/Labels/role").asString())
        .isEqualTo("child");
  }

  @Test
  void servicesShareARuntimeAndAFolder() throws Exception {
    images.bake(ExampleImages.folder("monorepo"));

    assertThat(images.run("monorepo/api"))
        .isEqualTo("{\"price\": \"19.99 EUR\", \"uid\": 1500, \"shared\": [\"money.py\"]}\n");
    assertThat(images.run("monorepo/report")).isEqualTo("monthly 20.00 EUR\n");
  }

  @Test
  void aProgramIsCompiledForOtherPlatforms() throws Exception {
    images.build("go-cross", List.of("--platform=linux/amd64,linux/arm64,linux/riscv64")).ok();

    assertThat(images.run("go-cross")).isEqualTo("linux/amd64\n");
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
    assertThat(images.run("multi-platform")).isEqualTo("linux/amd64 x86_64\n");
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

      assertThat(images.run("remote-sources"))
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
