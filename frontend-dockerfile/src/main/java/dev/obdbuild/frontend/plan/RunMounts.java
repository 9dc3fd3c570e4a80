package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.ignore.UnixPath;
import dev.obdbuild.frontend.parse.MountSpec;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.oci.json.GoQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The mounts of one RUN. */
final class RunMounts {
  private static final int SECRET_MODE = 0400;
  private static final int SOCKET_MODE = 0600;
  private static final int DIRECTORY_MODE = 0755;

  private final BuildConfig config;
  private final StageState state;
  private final StageState.Planned planned;
  private final List<Step.Mount> mounts = new ArrayList<>();
  private final List<ExecMount> secrets = new ArrayList<>();
  private final List<ExecMount> sockets = new ArrayList<>();
  private final List<ExecOp.SecretEnv> secretEnv = new ArrayList<>();

  RunMounts(BuildConfig config, StageState state, StageState.Planned planned) {
    this.config = config;
    this.state = state;
    this.planned = planned;
  }

  List<Step.Mount> mounts() {
    return mounts;
  }

  /** Secrets, and behind them the sockets of ssh agents. */
  List<ExecMount> secrets() {
    List<ExecMount> all = new ArrayList<>(secrets);
    all.addAll(sockets);
    return all;
  }

  /** Where the first agent's socket is. */
  Optional<String> socket() {
    return sockets.stream().map(ExecMount::dest).findFirst();
  }

  List<ExecOp.SecretEnv> secretEnv() {
    return secretEnv;
  }

  void add(Step.Mount mount) {
    mounts.add(mount);
  }

  void addAll(List<MountSpec> specs) throws DockerfileException {
    for (int i = 0; i < specs.size(); i++) {
      MountSpec spec = specs.get(i);
      switch (spec.type()) {
        case SECRET -> secret(spec);
        case SSH -> ssh(spec);
        case BIND, CACHE, TMPFS -> mounts.add(mount(spec, content(spec, i)));
      }
    }
  }

  private Content content(MountSpec spec, int index) throws DockerfileException {
    if (spec.from().isEmpty()) {
      return spec.type() == MountSpec.Type.CACHE ? new Content.Empty() : new Content.Context();
    }
    StageState source = planned.sources().get(index).orElseThrow();
    if (!source.evaluated && !source.isHidden()) {
      throw new DockerfileException(
          "cannot mount from stage "
              + GoQuote.quote(spec.from())
              + " to "
              + GoQuote.quote(spec.target())
              + ", stage needs to be defined before current command");
    }
    return new Content.OfStage(source);
  }

  private Step.Mount mount(MountSpec spec, Content content) throws DockerfileException {
    String target = spec.target();
    if (!target.startsWith("/")) {
      target = UnixPath.join("/", state.dir + "/" + target);
    }
    refuseRoot(target);
    String path = UnixPath.join("/", spec.source());
    Content used = spec.type() == MountSpec.Type.TMPFS ? new Content.Empty() : content;
    String selector = path.equals("/") ? "" : path;
    if (selector.isEmpty()
        && (spec.uid().isPresent() || spec.gid().isPresent() || spec.mode().isPresent())) {
      used =
          new Content.CacheDirectory(
              used, spec.mode().orElse(DIRECTORY_MODE), spec.uid().orElse(0), spec.gid().orElse(0));
      selector = "/cache";
    }
    if (content instanceof Content.Context) {
      state.contextPaths.add(path);
    } else if (content instanceof Content.OfStage(StageState from)) {
      from.paths.add(path);
    }
    return new Step.Mount(used, selector, target, !spec.readOnly(), kind(spec));
  }

  /** The root is a mount of its own, and every step has but one. */
  private static void refuseRoot(String target) throws DockerfileException {
    if (UnixPath.clean(target).equals("/")) {
      throw new DockerfileException("invalid mount target " + GoQuote.quote(target));
    }
  }

  private ExecMount.Kind kind(MountSpec spec) {
    return switch (spec.type()) {
      case CACHE ->
          new ExecMount.Cache(
              config.cacheNamespace()
                  + "/"
                  + (spec.id().isEmpty() ? UnixPath.clean(spec.target()) : spec.id()),
              switch (spec.sharing().orElse(MountSpec.Sharing.SHARED)) {
                case SHARED -> ExecMount.Sharing.SHARED;
                case PRIVATE -> ExecMount.Sharing.PRIVATE;
                case LOCKED -> ExecMount.Sharing.LOCKED;
              });
      case TMPFS -> new ExecMount.Tmpfs(spec.size());
      case BIND, SECRET, SSH -> new ExecMount.Bind();
    };
  }

  private Lines lines() {
    return planned.instruction().origin().lines();
  }

  private void ssh(MountSpec spec) throws DockerfileException {
    ExecMount.Ssh agent =
        new ExecMount.Ssh(
            spec.id(),
            spec.uid().orElse(0),
            spec.gid().orElse(0),
            spec.mode().orElse(SOCKET_MODE),
            !spec.required());
    state.outline.agent(spec.id().isEmpty() ? "default" : spec.id(), spec.required(), lines());
    String target =
        spec.target().isEmpty() ? "/run/buildkit/ssh_agent." + sockets.size() : spec.target();
    String path = target.startsWith("/") ? target : "/" + target;
    refuseRoot(path);
    sockets.add(ExecMount.of(agent, path));
  }

  private void secret(MountSpec spec) throws DockerfileException {
    String id = spec.source().isEmpty() ? spec.id() : spec.source();
    if (id.isEmpty()) {
      id = UnixPath.base(spec.target());
    }
    boolean optional = !spec.required();
    state.outline.secret(id, spec.required(), lines());
    Optional<String> target =
        spec.target().isEmpty() ? Optional.empty() : Optional.of(spec.target());
    if (spec.env().isPresent()) {
      secretEnv.add(new ExecOp.SecretEnv(id, spec.env().get(), optional));
    } else if (target.isEmpty()) {
      target = Optional.of("/run/secrets/" + UnixPath.base(id));
    }
    if (target.isPresent()) {
      String path = target.get().startsWith("/") ? target.get() : "/" + target.get();
      refuseRoot(path);
      ExecMount.Secret secret =
          new ExecMount.Secret(
              id,
              spec.uid().orElse(0),
              spec.gid().orElse(0),
              spec.mode().orElse(SECRET_MODE),
              optional);
      secrets.add(ExecMount.of(secret, path));
    }
  }
}
