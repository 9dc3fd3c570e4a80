package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.config.CacheSpec;
import dev.obdbuild.builder.config.NamedContext;
import dev.obdbuild.builder.config.SecretSpec;
import dev.obdbuild.worker.WorkerSession;
import dev.obdbuild.worker.cdi.DeviceGrant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** What a build may take from this machine and from caches, and what its steps may do. */
final class LentFlags {

  private static final Set<String> RIGHTS =
      Set.of(WorkerSession.NETWORK_HOST, WorkerSession.SECURITY_INSECURE);

  @Option(
      names = "--secret",
      paramLabel = "SPEC",
      description = "A secret for RUN --mount=type=secret: id=NAME[,src=FILE|env=VAR]. Repeatable.")
  private List<String> secrets = new ArrayList<>();

  @Option(
      names = "--ssh",
      paramLabel = "ID[=SOCKET]",
      description =
          "An SSH agent for RUN --mount=type=ssh: default is that of SSH_AUTH_SOCK. Repeatable.")
  private List<String> agents = new ArrayList<>();

  @Option(
      names = "--build-context",
      paramLabel = "NAME=VALUE",
      description =
          "What NAME means in FROM and COPY --from: a folder, docker-image://IMAGE,"
              + " oci-layout://DIR[:TAG], target:STAGE or the address of a repository or file."
              + " Repeatable.")
  private List<String> contexts = new ArrayList<>();

  @Option(
      names = "--cache-from",
      paramLabel = "SPEC",
      description =
          "A cache to look into: IMAGE, type=registry,ref=IMAGE or type=local,src=DIR. Cache mounts"
              + " that are new here start with what it has of them, but for mounts=false."
              + " Repeatable.")
  private List<String> cacheFrom = new ArrayList<>();

  @Option(
      names = "--cache-to",
      paramLabel = "SPEC",
      description =
          "A cache to leave behind: type=inline, type=registry,ref=IMAGE or type=local,dest=DIR,"
              + " with mode=max for all steps, with mounts=true also for the contents of"
              + " RUN --mount=type=cache. Repeatable.")
  private List<String> cacheTo = new ArrayList<>();

  @Option(
      names = "--allow",
      paramLabel = "RIGHT",
      description =
          "Let RUN steps ask for network.host, security.insecure or device[=NAME[,alias=OTHER]]."
              + " Repeatable.")
  private List<String> allow = new ArrayList<>();

  BuildOptions.Lent options() {
    return new BuildOptions.Lent(
        secrets.stream().map(SecretSpec::parse).toList(),
        agents,
        contexts.stream().map(NamedContext::parse).toList());
  }

  BuildOptions.Caches caches() {
    return new BuildOptions.Caches(
        cacheFrom.stream().flatMap(text -> CacheSpec.parse("--cache-from", text).stream()).toList(),
        cacheTo.stream().flatMap(text -> CacheSpec.parse("--cache-to", text).stream()).toList());
  }

  /** Whoever asks for the host's network by a flag allows it thereby. */
  Set<String> entitlements(boolean hostNetwork) {
    Set<String> out = new LinkedHashSet<>(allow);
    for (String right : out) {
      if (!RIGHTS.contains(right) && !DeviceGrant.isMeant(right)) {
        throw new IllegalArgumentException(
            "--allow " + right + ": must be network.host, security.insecure or device");
      }
    }
    var _ = DeviceGrant.of(out);
    if (hostNetwork) {
      out.add(WorkerSession.NETWORK_HOST);
    }
    return out;
  }
}
