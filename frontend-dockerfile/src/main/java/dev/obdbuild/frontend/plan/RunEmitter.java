package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.Platform;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** RUN steps to exec operations. */
final class RunEmitter {
  private final LlbEmitter emitter;
  private final Platform platform;

  RunEmitter(LlbEmitter emitter, Platform platform) {
    this.emitter = emitter;
    this.platform = platform;
  }

  Node.Out emit(Step.Run run, Optional<Node.Out> root) {
    Inputs inputs = new Inputs();
    Set<String> caps = new TreeSet<>(Set.of("exec.meta.base", "exec.meta.setsdefaultpath"));
    List<ExecMount> mounts = new ArrayList<>();
    mounts.add(ExecMount.bind(inputs.index(root), "", "/", 0, false));
    if (root.isPresent()) {
      caps.add("exec.mount.bind");
    }
    List<Step.Mount> sorted = new ArrayList<>(run.mounts());
    sorted.sort(Comparator.comparing(Step.Mount::target));
    for (Step.Mount mount : sorted) {
      mounts.add(mount(mount, inputs, caps));
    }
    mounts.addAll(run.secrets());
    ExecOp op =
        new ExecOp(
            run.meta(), mounts, run.network(), run.security(), run.secretEnv(), run.devices());
    addCaps(run, caps);
    Step.Label label = run.label();
    VertexMetadata meta =
        VertexMetadata.of(
                Map.of(
                    VertexMetadata.CUSTOM_NAME,
                    label.text(),
                    VertexMetadata.COMMAND,
                    label.command()),
                caps)
            .withIgnoreCache(label.ignoreCache())
            .withResources(emitter.resources())
            .withLocations(LlbEmitter.locations(label.lines()));
    return Node.of(op, inputs.nodes(), inputs.used(), Optional.of(platform), meta).out();
  }

  private ExecMount mount(Step.Mount mount, Inputs inputs, Set<String> caps) {
    Optional<Node.Out> content = emitter.content(mount.content());
    if (!mount.selector().isEmpty()) {
      caps.add("exec.mount.selector");
    }
    switch (mount.kind()) {
      case ExecMount.Cache _ -> {
        caps.add("exec.mount.cache");
        caps.add("exec.mount.cache.sharing");
      }
      case ExecMount.Tmpfs tmpfs -> {
        caps.add("exec.mount.tmpfs");
        if (tmpfs.size() > 0) {
          caps.add("exec.mount.tmpfs.size");
        }
      }
      case ExecMount.Bind _, ExecMount.Secret _, ExecMount.Ssh _ -> {
        if (content.isPresent()) {
          caps.add("exec.mount.bind");
        }
      }
    }
    return new ExecMount(
        inputs.index(content),
        mount.selector(),
        mount.target(),
        Op.NONE,
        !mount.writable(),
        mount.kind(),
        ExecMount.ContentCache.DEFAULT);
  }

  private void addCaps(Step.Run run, Set<String> caps) {
    if (run.network() != ExecOp.NetworkMode.DEFAULT) {
      caps.add("exec.meta.network");
    }
    if (run.security() != ExecOp.SecurityMode.SANDBOX) {
      caps.add("exec.meta.security");
    }
    if (run.meta().proxy().isPresent()) {
      caps.add("exec.meta.proxyenv");
    }
    if (!run.meta().ulimits().isEmpty()) {
      caps.add("exec.meta.ulimit");
    }
    if (emitter.resources().isPresent()) {
      caps.add("exec.meta.linux.resources");
    }
    if (!run.devices().isEmpty()) {
      caps.add("exec.meta.cdi");
    }
    boolean secret = !run.secretEnv().isEmpty();
    for (ExecMount mount : run.secrets()) {
      secret |= mount.kind() instanceof ExecMount.Secret;
      if (mount.kind() instanceof ExecMount.Ssh) {
        caps.add("exec.mount.ssh");
      }
    }
    if (secret) {
      caps.add("exec.mount.secret");
    }
    if (!run.secretEnv().isEmpty()) {
      caps.add("exec.secretenv");
    }
  }
}
