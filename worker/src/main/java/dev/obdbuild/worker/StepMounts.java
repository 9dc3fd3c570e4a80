package dev.obdbuild.worker;

import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.Op;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.WorkerResult.TreeResult;
import dev.obdbuild.worker.cachemount.FolderUse;
import dev.obdbuild.worker.exec.ContainerMount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a RUN step has mounted: its root filesystem and what is mounted into it. Owned by
 * the thread that carries the step out; closing lets go of all of it, and of what was written
 * unless {@link #commit} was called.
 */
final class StepMounts implements AutoCloseable {

  private final Workspace workspace;
  private final ExecOp op;
  private final OpContext context;
  private final Closing open = new Closing();
  private final List<ActiveSnapshot> actives = new ArrayList<>();
  private final List<InputTree> inputs = new ArrayList<>();
  private final Map<Integer, ActiveSnapshot> outputs = new HashMap<>();
  private final Map<Integer, WorkerResult> unchanged = new HashMap<>();
  private final Map<Integer, FolderUse> caches = new HashMap<>();
  private final List<ContainerMount> binds = new ArrayList<>();
  private final Map<Integer, Path> folders = new HashMap<>();
  private @Nullable ActiveSnapshot root;

  StepMounts(Workspace workspace, ExecOp op, OpContext context) {
    this.workspace = workspace;
    this.op = op;
    this.context = context;
  }

  /** Takes the cache mounts into use, which may mean waiting for other steps. Comes first. */
  void lockCaches(List<WorkerResult> given) throws IOException {
    List<CacheFolder> wanted = new ArrayList<>();
    for (int i = 0; i < op.mounts().size(); i++) {
      ExecMount mount = op.mounts().get(i);
      if (mount.kind() instanceof ExecMount.Cache cache) {
        Optional<WorkerResult> initial =
            mount.input() == Op.NONE ? Optional.empty() : Optional.of(given.get(mount.input()));
        wanted.add(CacheFolder.of(workspace, context, i, cache, initial, mount.selector()));
      }
    }
    wanted.sort(Comparator.comparing(folder -> folder.id().text()));
    for (CacheFolder folder : wanted) {
      FolderUse use = folder.use();
      open.add(use);
      caches.put(folder.mount(), use);
    }
  }

  /** Mounts everything. */
  void mount(List<WorkerResult> given) throws IOException {
    for (int i = 0; i < op.mounts().size(); i++) {
      ExecMount mount = op.mounts().get(i);
      switch (mount.kind()) {
        case ExecMount.Bind b -> folders.put(i, bind(mount, given));
        case ExecMount.Cache c -> {
          FolderUse use = caches.get(i);
          if (use == null) {
            throw new IllegalStateException("cache mounts are locked first");
          }
          binds.add(new ContainerMount.Bind(use.folder(), mount.dest(), mount.readOnly()));
          folders.put(i, use.folder());
        }
        case ExecMount.Tmpfs t -> {
          if (!mount.dest().equals(Sandboxes.SHM)) {
            binds.add(new ContainerMount.Tmpfs(mount.dest(), t.size()));
          }
        }
        case ExecMount.Secret s -> secret(mount, s);
        case ExecMount.Ssh s -> ssh(mount, s);
      }
    }
    binds.sort(Comparator.comparingInt(bind -> depth(bind.target())));
  }

  private static int depth(String target) {
    return (int) target.chars().filter(c -> c == '/').count();
  }

  private void secret(ExecMount mount, ExecMount.Secret secret) throws IOException {
    Optional<byte[]> content = workspace.session().secrets().get(secret.id());
    if (content.isPresent()) {
      binds.add(
          new ContainerMount.Secret(
              mount.dest(), content.get(), secret.uid(), secret.gid(), secret.mode()));
    } else if (!secret.optional()) {
      throw ExecEnvironment.missing(secret.id());
    }
  }

  private void ssh(ExecMount mount, ExecMount.Ssh ssh) throws IOException {
    if (!agentAnswers(ssh)) {
      return;
    }
    SshSocket socket =
        SshSocket.open(workspace, ssh, trouble -> Workspace.warn(context, List.of(trouble)));
    open.add(socket);
    binds.add(new ContainerMount.Bind(socket.path(), mount.dest(), false));
  }

  /** Whether there is an agent; a mount that may be missing is missing whatever the reason. */
  private boolean agentAnswers(ExecMount.Ssh ssh) throws IOException {
    try {
      if (workspace.session().ssh().has(ssh.id())) {
        return true;
      }
    } catch (IOException e) {
      if (!ssh.optional()) {
        throw e;
      }
    }
    if (!ssh.optional()) {
      throw new IOException("no SSH key \"" + ssh.id() + "\" forwarded from the client");
    }
    return false;
  }

  /** The folder that is mounted. */
  private Path bind(ExecMount mount, List<WorkerResult> given) throws IOException {
    boolean isRoot = mount.dest().equals("/");
    Optional<WorkerResult> input =
        mount.input() == Op.NONE ? Optional.empty() : Optional.of(given.get(mount.input()));
    if (mount.readOnly() && !isRoot) {
      return readOnly(mount, input);
    }
    // What is written to a mount that is no output, or to a read-only root, is dropped.
    ActiveSnapshot active = workspace.prepare(input, context, mount.dest());
    open.add(active);
    actives.add(active);
    if (mount.readOnly()) {
      unchanged(mount, input);
    } else if (mount.output() != Op.NONE) {
      outputs.put(mount.output(), active);
    }
    if (isRoot) {
      root = active;
      return active.path();
    }
    Path folder = inside(active.path(), mount);
    binds.add(new ContainerMount.Bind(folder, mount.dest(), false));
    return folder;
  }

  private Path readOnly(ExecMount mount, Optional<WorkerResult> input) throws IOException {
    unchanged(mount, input);
    Path folder;
    switch (input.orElseGet(workspace::scratch)) {
      case TreeResult local -> {
        Workspace.Copy copy = workspace.copyToHost(local, context);
        open.add(copy);
        folder = copy.folder();
      }
      case SnapshotResult made -> {
        InputTree tree = InputTree.open(workspace.snapshots(), made);
        open.add(tree);
        inputs.add(tree);
        folder = tree.view().orElseThrow().path();
      }
    }
    Path inside = inside(folder, mount);
    binds.add(new ContainerMount.Bind(inside, mount.dest(), true));
    return inside;
  }

  private void unchanged(ExecMount mount, Optional<WorkerResult> input) {
    if (mount.output() != Op.NONE) {
      unchanged.put(mount.output(), input.orElseGet(workspace::scratch));
    }
  }

  /** The selected path below a mounted folder; symlinks never lead out of it. */
  private Path inside(Path folder, ExecMount mount) throws IOException {
    if (mount.selector().isEmpty() || mount.selector().equals("/")) {
      return folder;
    }
    return workspace
        .snapshots()
        .mountThreads()
        .call(
            () -> {
              try (Root tree = Root.open(folder)) {
                RawPath real = tree.resolve(RawPath.of(mount.selector()), true);
                if (tree.find(real, false).isEmpty()) {
                  throw new IOException(
                      "mount target " + mount.dest() + ": \"" + mount.selector() + "\": not found");
                }
                return folder.resolve(real.text());
              }
            });
  }

  /** The root filesystem. */
  Path root() {
    ActiveSnapshot mounted = root;
    if (mounted == null) {
      throw new IllegalStateException("nothing is mounted yet");
    }
    return mounted.path();
  }

  /** The folder of the host that a mount shows; empty when it shows none. */
  Optional<Path> folder(int mount) {
    return Optional.ofNullable(folders.get(mount));
  }

  /** What is mounted into the root filesystem, outer folders first. */
  List<ContainerMount> binds() {
    return binds;
  }

  /** Lets everything that hangs on a device end. Never blocks. */
  void failDevices() {
    actives.forEach(ActiveSnapshot::failDevice);
    caches.values().forEach(FolderUse::failDevice);
  }

  /**
   * Says that no device failed.
   *
   * @throws IOException when one did, whatever the process made of it
   */
  void confirm() throws IOException {
    for (ActiveSnapshot active : actives) {
      Optional<IOException> failure = active.deviceFailure();
      if (failure.isPresent()) {
        throw new IOException(
            "a device of the step failed: " + failure.get().getMessage(), failure.get());
      }
    }
    for (FolderUse cache : caches.values()) {
      Optional<IOException> failure = cache.deviceFailure();
      if (failure.isPresent()) {
        throw new IOException(
            "the device of a cache mount failed: " + failure.get().getMessage(), failure.get());
      }
    }
    for (InputTree input : inputs) {
      input.confirm();
    }
  }

  /** Keeps what was written to the outputs, in the order of their indices. */
  List<WorkerResult> commit(String description) throws IOException {
    List<WorkerResult> results = new ArrayList<>();
    int count = outputs.size() + unchanged.size();
    for (int i = 0; i < count; i++) {
      ActiveSnapshot active = outputs.get(i);
      WorkerResult same = unchanged.get(i);
      if (active != null) {
        Snapshot made = active.commit(description);
        results.add(new SnapshotResult(made));
      } else if (same != null) {
        results.add(same);
      } else {
        throw new IllegalArgumentException("exec operation has no output " + i);
      }
    }
    return results;
  }

  @Override
  public void close() throws IOException {
    open.close();
  }
}
