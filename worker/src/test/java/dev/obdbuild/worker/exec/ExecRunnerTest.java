package dev.obdbuild.worker.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.LinuxResources;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.CancellationSource;
import dev.obdbuild.testkit.Busybox;
import dev.obdbuild.testkit.ContainerRuntime;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real containers, crun and runc alike, on a root filesystem made of the host's busybox. */
@NeedsRoot
@NeedsTool({"crun", "runc", "busybox"})
class ExecRunnerTest {

  @TempDir Path temp;
  private Path rootfs;
  private final StringBuffer output = new StringBuffer();
  private final ConcurrentLinkedQueue<String> journal = new ConcurrentLinkedQueue<>();
  private int runs;

  @BeforeEach
  void makeRootFilesystem() throws IOException {
    rootfs = Files.createDirectories(temp.resolve("rootfs"));
    for (String dir : List.of("bin", "etc", "root", "tmp", "work")) {
      Files.createDirectories(rootfs.resolve(dir));
    }
    Busybox.copyInto(rootfs.resolve("bin"));
    for (String applet :
        List.of(
            "sh",
            "cat",
            "id",
            "ls",
            "sleep",
            "touch",
            "stat",
            "mount",
            "mknod",
            "grep",
            "true",
            "env",
            "hostname",
            "dd")) {
      Files.createLink(rootfs.resolve("bin").resolve(applet), rootfs.resolve("bin/busybox"));
    }
    Files.writeString(
        rootfs.resolve("etc/passwd"),
        "root:x:0:0:root:/root:/bin/sh\napp:x:7:8:app:/work:/bin/sh\n");
    Files.writeString(rootfs.resolve("etc/group"), "root:x:0:\nwheel:x:10:root\napp:x:8:\n");
  }

  private ExecRunner runner(String name) throws IOException {
    return new ExecRunner(
        new OciRuntime(name, ContainerRuntime.in(temp, name)),
        temp.resolve("state"),
        (runtime, state, bundle, id) -> {
          journal.add("+" + id);
          return () -> journal.add("-" + id);
        });
  }

  private ExecSpec shell(String script, Sandbox sandbox, String user, List<ContainerMount> mounts) {
    ContainerProcess process =
        new ContainerProcess(List.of("/bin/sh", "-c", script), List.of("A=1"), "", user, false);
    return new ExecSpec(
        "test-" + ProcessHandle.current().pid() + "-" + runs++, rootfs, process, sandbox, mounts);
  }

  private int run(String runtime, ExecSpec spec) throws Exception {
    return runner(runtime).run(spec, capture(), Cancellation.never());
  }

  private ContainerIo capture() {
    return new ContainerIo.Capture(
        (stream, chunk) -> output.append(new String(chunk, StandardCharsets.UTF_8)));
  }

  private List<String> below(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.map(p -> folder.relativize(p).toString()).sorted().collect(Collectors.toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void a_step_sees_what_buildkits_steps_see(String runtime) throws Exception {
    ExecSpec spec =
        shell(
            "hostname; cat /etc/hosts; id; env; grep -E 'Cap|Seccomp:|NoNew' /proc/self/status; cat /proc/mounts",
            Sandbox.standard(),
            "",
            List.of());

    assertThat(run(runtime, spec)).isZero();

    assertThat(output.toString())
        .contains("buildkitsandbox\n")
        .contains(
            "127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost ip6-localhost ip6-loopback\n")
        .contains("uid=0(root) gid=0(root) groups=0(root),10(wheel)")
        .contains("A=1\n")
        .contains("HOME=/root\n")
        .contains("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n")
        .contains("CapInh:\t0000000000000000\n")
        .contains("CapEff:\t00000000a80425fb\n")
        .contains("CapBnd:\t00000000a80425fb\n")
        .contains("CapAmb:\t0000000000000000\n")
        .contains("NoNewPrivs:\t0\n")
        .contains("Seccomp:\t2\n")
        .containsPattern("sysfs /sys sysfs ro")
        .containsPattern("shm /dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k")
        .containsPattern("/etc/resolv.conf .* ro");
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void nothing_is_left_in_the_root_filesystem_or_beside_it(String runtime) throws Exception {
    run(runtime, shell("true", Sandbox.standard(), "", List.of()));
    List<String> before = below(rootfs);
    FileTime etc = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(rootfs.resolve("etc"), etc);
    Path cache = Files.createDirectories(temp.resolve("cache"));
    ExecSpec spec =
        shell(
            "touch /deep/er/mark; cat /run/secrets/tok; stat -c '%a %u %g' /run/secrets/tok",
            Sandbox.standard(),
            "",
            List.of(
                new ContainerMount.Bind(cache, "/deep/er", false),
                new ContainerMount.Tmpfs("/scratch", 1 << 20),
                new ContainerMount.Secret(
                    "/run/secrets/tok", "hush\n".getBytes(StandardCharsets.UTF_8), 3, 4, 0440)));

    assertThat(run(runtime, spec)).isZero();

    assertThat(output.toString()).isEqualTo("hush\n440 3 4\n");
    assertThat(cache.resolve("mark")).exists();
    assertThat(below(rootfs)).isEqualTo(before);
    assertThat(Files.getLastModifiedTime(rootfs.resolve("etc"))).isEqualTo(etc);
    assertThat(below(temp.resolve("state/bundles"))).containsExactly("");
    assertThat(journal)
        .containsExactly("+" + shellId(0), "-" + shellId(0), "+" + shellId(1), "-" + shellId(1));
  }

  private static String shellId(int n) {
    return "test-" + ProcessHandle.current().pid() + "-" + n;
  }

  @Test
  void a_step_that_itself_writes_beside_a_stub_keeps_its_time() throws Exception {
    ExecSpec spec = shell("touch /etc/mine", Sandbox.standard(), "", List.of());
    FileTime old = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(rootfs.resolve("etc"), old);

    run("crun", spec);

    assertThat(rootfs.resolve("etc/mine")).exists();
    assertThat(rootfs.resolve("etc/hosts")).doesNotExist();
    assertThat(Files.getLastModifiedTime(rootfs.resolve("etc"))).isGreaterThan(old);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "exit 0, 0",
        "exit 7, 7",
        "sleep 100 & kill -9 $!; wait $!, 137",
        "/no/such/command, 127"
      })
  void the_exit_code_is_the_commands(String script, int code) throws Exception {
    assertThat(run("crun", shell(script, Sandbox.standard(), "", List.of()))).isEqualTo(code);
    assertThat(run("runc", shell(script, Sandbox.standard(), "", List.of()))).isEqualTo(code);
  }

  @Test
  void a_user_is_looked_up_inside_the_root_filesystem() throws Exception {
    run("crun", shell("id; echo $HOME", Sandbox.standard(), "app", List.of()));

    assertThat(output.toString()).isEqualTo("uid=7(app) gid=8(app) groups=8(app)\n/work\n");
    assertThatThrownBy(() -> run("crun", shell("id", Sandbox.standard(), "nosuchuser", List.of())))
        .hasMessage("unable to find user nosuchuser: no matching entries in passwd file");
  }

  @Test
  void a_passwd_that_links_out_of_the_root_does_not_show_the_hosts_users() throws Exception {
    Files.delete(rootfs.resolve("etc/passwd"));
    Files.createSymbolicLink(rootfs.resolve("etc/passwd"), Path.of("../../../../../../etc/passwd"));

    assertThatThrownBy(() -> run("crun", shell("id", Sandbox.standard(), "daemon", List.of())))
        .isInstanceOf(IOException.class);
  }

  @Test
  void the_sandbox_refuses_mounts_and_foreign_devices() throws Exception {
    run(
        "crun",
        shell(
            "mount -t tmpfs none /tmp || echo no mount; mknod /tmp/d b 7 0; dd if=/tmp/d of=/dev/null count=1 || echo no device",
            Sandbox.standard(),
            "",
            List.of()));

    assertThat(output.toString()).contains("no mount").contains("no device");
  }

  @Test
  void without_a_network_there_is_only_the_loopback() throws Exception {
    Sandbox alone =
        new Sandbox(
            "h1",
            List.of(new Sandbox.HostAlias("db", "10.0.0.9")),
            Sandbox.Network.NONE,
            Sandbox.Security.SANDBOXED,
            List.of(new Sandbox.Ulimit("nofile", 77, 78)),
            1 << 20,
            "");

    run(
        "crun",
        shell(
            "ls /sys/class/net; hostname; grep db /etc/hosts; ulimit -n; grep shm /proc/mounts",
            alone,
            "",
            List.of()));

    assertThat(output.toString()).startsWith("lo\nh1\n10.0.0.9\tdb\n77\n").contains("size=1024k");
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void limits_are_those_of_the_cgroup(String runtime) throws Exception {
    Sandbox limited =
        Sandbox.standard()
            .withLimits(new LinuxResources(64 << 20, 0, 512, 50_000, 25_000, "0", ""));

    run(
        runtime,
        shell(
            "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory.max"
                + " cpu/cpu.shares cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpu.max"
                + " cpuset/cpuset.cpus cpuset.cpus 2> /dev/null; true",
            limited,
            "",
            List.of()));

    assertThat(output.toString().lines().toList())
        .isIn(
            List.of("67108864", "512", "25000", "50000", "0"),
            List.of("67108864", "25000 50000", "0"));
  }

  @Test
  void an_insecure_step_has_all_capabilities_and_no_filter() throws Exception {
    Sandbox open =
        new Sandbox(
            "", List.of(), Sandbox.Network.HOST, Sandbox.Security.INSECURE, List.of(), 0, "");

    run(
        "crun",
        shell(
            "grep Seccomp: /proc/self/status; mount -t tmpfs none /tmp && echo mounted",
            open,
            "",
            List.of()));

    assertThat(output.toString()).contains("Seccomp:\t0").contains("mounted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"crun", "runc"})
  void cancelling_ends_the_container_and_everything_in_it(String runtime) throws Exception {
    CancellationSource cancel = new CancellationSource();
    CountDownLatch running = new CountDownLatch(1);
    ContainerIo io = new ContainerIo.Capture((stream, chunk) -> running.countDown());
    ExecSpec spec = shell("echo up; sleep 1000", Sandbox.standard(), "", List.of());
    Thread canceller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    running.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  cancel.cancel();
                });

    assertThatThrownBy(() -> runner(runtime).run(spec, io, cancel))
        .isInstanceOf(CancellationException.class);

    canceller.join();
    Optional<ProcessHandle> left =
        ProcessHandle.allProcesses()
            .filter(p -> p.info().commandLine().orElse("").contains("sleep 1000"))
            .findAny();
    assertThat(left).isEmpty();
    assertThat(
            Files.exists(
                Path.of("/sys/fs/cgroup/pids/obd-" + spec.id()), LinkOption.NOFOLLOW_LINKS))
        .isFalse();
    assertThat(below(temp.resolve("state/bundles"))).containsExactly("");
  }
}
