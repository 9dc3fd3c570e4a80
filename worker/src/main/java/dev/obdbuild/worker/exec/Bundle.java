package dev.obdbuild.worker.exec;

import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.linux.mount.MountFlag;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.worker.cdi.ContainerEdits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The folder of one container: its configuration and the small files bound into it. */
final class Bundle implements AutoCloseable {

  private static final Set<MountFlag> MEMORY =
      Set.of(MountFlag.NO_SUID, MountFlag.NO_DEV, MountFlag.NO_EXEC);

  private static final List<String> SECRET =
      List.of("rbind", "rprivate", "ro", "nosuid", "nodev", "noexec");

  private final Path folder;
  private boolean secretsMounted;
  private int secrets;

  private Bundle(Path folder) {
    this.folder = folder;
  }

  static Bundle create(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    return new Bundle(folder);
  }

  Path folder() {
    return folder;
  }

  /** Where the runtime keeps its state of the container in a bundle: of this one only. */
  static Path runtimeState(Path folder) {
    return folder.resolve("runtime");
  }

  Path runtimeState() {
    return runtimeState(folder);
  }

  void write(String name, byte[] content) throws IOException {
    Files.write(folder.resolve(name), content);
  }

  /** All binds of a container: network files first, unless the caller brings their own. */
  List<ContainerMount> binds(Sandbox sandbox, List<ContainerMount> mounts, Dns dns)
      throws IOException {
    List<ContainerMount> out = new ArrayList<>();
    List<String> brought = mounts.stream().map(ContainerMount::target).toList();
    if (!brought.contains("/etc/resolv.conf")) {
      out.add(file("/etc/resolv.conf", HostFiles.resolvConf(sandbox.network(), dns)));
    }
    if (!brought.contains("/etc/hosts")) {
      out.add(file("/etc/hosts", HostFiles.hosts(sandbox.hostname(), sandbox.extraHosts())));
    }
    for (ContainerMount mount : mounts) {
      out.add(mount instanceof ContainerMount.Secret s ? secret(s) : mount);
    }
    return sandbox.edits().mounts().isEmpty() ? out : edited(out, sandbox.edits());
  }

  /** A device's mounts go before others on the same path, and outer ones before inner ones. */
  private static List<ContainerMount> edited(List<ContainerMount> mounts, ContainerEdits edits) {
    List<ContainerMount> out = new ArrayList<>(mounts);
    for (ContainerEdits.Mount mount : edits.mounts()) {
      out.removeIf(other -> other.target().equals(mount.containerPath()));
      String type = mount.type().equals("bind") ? "" : mount.type();
      out.add(
          new ContainerMount.Vendor(
              Path.of(mount.hostPath()), mount.containerPath(), type, mount.options()));
    }
    out.sort(
        Comparator.comparingLong(mount -> mount.target().chars().filter(c -> c == '/').count()));
    return out;
  }

  /** A small world-readable file, bound read-only. */
  ContainerMount.Bind file(String target, String content) throws IOException {
    Path file = folder.resolve(Path.of(target).getFileName().toString());
    Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return new ContainerMount.Bind(file, target, true);
  }

  /** A secret as a file in memory, never on a disk. */
  ContainerMount secret(ContainerMount.Secret secret) throws IOException {
    Path memory = folder.resolve("secrets");
    if (!secretsMounted) {
      Files.createDirectories(memory);
      Mounts.mount("tmpfs", memory, "tmpfs", MEMORY, "mode=0700,size=16m");
      secretsMounted = true;
    }
    Path file = memory.resolve(Integer.toString(secrets++));
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, secret.content());
    Files.setAttribute(file, "unix:uid", secret.uid());
    Files.setAttribute(file, "unix:gid", secret.gid());
    Files.setAttribute(file, "unix:mode", secret.mode() & 07777);
    return new ContainerMount.Vendor(file, secret.target(), "", SECRET);
  }

  /** Unmounts the secrets and deletes the folder. */
  @Override
  public void close() throws IOException {
    if (secretsMounted) {
      Mounts.unmount(folder.resolve("secrets"));
      secretsMounted = false;
    }
    Trees.remove(folder);
  }
}
