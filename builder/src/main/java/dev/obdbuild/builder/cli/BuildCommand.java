package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.BuildOutcome;
import dev.obdbuild.builder.ImageBuild;
import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.config.ByteSize;
import dev.obdbuild.builder.config.ExtraHost;
import dev.obdbuild.builder.config.SecretSpec;
import dev.obdbuild.builder.config.Ulimit;
import dev.obdbuild.worker.WorkerSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code obd-build build}. */
@Command(
    name = "build",
    description = "Builds an image from a Dockerfile. The command that runs when none is named.",
    customSynopsis = "obd-build [build] [options] PATH",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    sortOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-build -t app .                                   keep the image in the local store",
      "  obd-build -t registry:5000/team/app:1 --push .       push it",
      "  obd-build -t app -f docker/Dockerfile.ci --target test --build-arg V=1.2 .",
      "  obd-build -t app --secret id=npm,src=$HOME/.npmrc --no-cache .",
      "  obd-build -q . > image-id",
      "",
      "The last line says what moved, such as",
      "  base 541 MB, fetched 12.3 MB; 4 layers 31 MB sealed; pushed 31 MB"
    })
final class BuildCommand implements Callable<Integer> {

  private static final Set<String> RIGHTS =
      Set.of(WorkerSession.NETWORK_HOST, WorkerSession.SECURITY_INSECURE);

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private HostFlags host = new HostFlags();
  @Mixin private LaterFlags later = new LaterFlags();
  @Mixin private ProgressFlags progress = new ProgressFlags();

  @Parameters(paramLabel = "PATH", description = "The context: the folder that COPY and ADD read.")
  private String context = ".";

  @Option(
      names = {"-t", "--tag"},
      paramLabel = "NAME",
      description =
          "Name of the image, such as app, app:1 or registry:5000/team/app:1. Repeatable.")
  private List<String> tags = new ArrayList<>();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The Dockerfile (default PATH/Dockerfile).")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--build-arg",
      paramLabel = "K=V",
      description = "Value of an ARG; without =V the value comes from the environment. Repeatable.")
  private List<String> buildArgs = new ArrayList<>();

  @Option(names = "--target", paramLabel = "STAGE", description = "Build up to this stage.")
  private Optional<String> target = Optional.empty();

  @Option(names = "--no-cache", description = "Build every step anew.")
  private boolean noCache;

  @Option(
      names = "--no-cache-filter",
      paramLabel = "STAGES",
      split = ",",
      description = "Build the steps of these stages anew.")
  private List<String> noCacheStages = new ArrayList<>();

  @Option(names = "--pull", description = "Ask the registry for base images even if known here.")
  private boolean pull;

  @Option(names = "--push", description = "Push the image to the registries of its names.")
  private boolean push;

  @Option(
      names = "--load",
      description = "Keep the image in the local store (default without --push).")
  private boolean load;

  @Option(names = "--label", paramLabel = "K=V", description = "Label of the image. Repeatable.")
  private List<String> labels = new ArrayList<>();

  @Option(
      names = "--secret",
      paramLabel = "SPEC",
      description = "A secret for RUN --mount=type=secret: id=NAME[,src=FILE|env=VAR]. Repeatable.")
  private List<String> secrets = new ArrayList<>();

  @Option(
      names = "--network",
      paramLabel = "MODE",
      description = "Network of RUN steps: default, host or none (default: default).")
  private String network = "default";

  @Option(
      names = "--add-host",
      paramLabel = "HOST:IP",
      description = "A line for /etc/hosts of RUN steps. Repeatable.")
  private List<String> addHosts = new ArrayList<>();

  @Option(
      names = "--shm-size",
      paramLabel = "SIZE",
      description = "Size of /dev/shm (default 64m).")
  private Optional<String> shmSize = Optional.empty();

  @Option(
      names = "--ulimit",
      paramLabel = "NAME=SOFT[:HARD]",
      description = "Resource limit of RUN steps, such as nofile=1024:2048. Repeatable.")
  private List<String> ulimits = new ArrayList<>();

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      description = "Platform of the image (default: this host's).")
  private Optional<String> platform = Optional.empty();

  @Option(
      names = "--allow",
      paramLabel = "RIGHT",
      description = "Let RUN steps ask for network.host or security.insecure. Repeatable.")
  private List<String> allow = new ArrayList<>();

  @Option(names = "--iidfile", paramLabel = "FILE", description = "Write the image's id to FILE.")
  private Optional<Path> iidFile = Optional.empty();

  @Option(
      names = "--metadata-file",
      paramLabel = "FILE",
      description = "Write digests and names to FILE, as JSON.")
  private Optional<Path> metadataFile = Optional.empty();

  @Override
  public Integer call() throws Exception {
    BuildOptions options = options();
    return Operation.run(
        options.progress(),
        options.host(),
        (engine, sink, cancellation) -> {
          BuildOutcome outcome = new ImageBuild(engine, options, sink, cancellation).run();
          return new Operation.Report(outcome.imageId().toString(), outcome.moved().toString());
        });
  }

  BuildOptions options() {
    if (context.equals("-") || context.contains("://") || context.startsWith("git@")) {
      throw new IllegalArgumentException(
          "context " + context + " is not supported yet: the context must be a folder");
    }
    if (file.isPresent() && file.get().toString().equals("-")) {
      throw new IllegalArgumentException(
          "-f - is not supported yet: the Dockerfile must be a file");
    }
    if (push && tags.isEmpty()) {
      throw new IllegalArgumentException("--push needs a name: add -t REGISTRY/NAME:TAG");
    }
    if (!List.of("default", "host", "none").contains(network)) {
      throw new IllegalArgumentException(
          "--network " + network + ": must be default, host or none");
    }
    if (platform.isPresent() && platform.get().contains(",")) {
      throw new IllegalArgumentException(
          "--platform " + platform.get() + ": several platforms are not supported yet");
    }
    return new BuildOptions(
        Path.of(context),
        file,
        new BuildOptions.Dockerfile(
            buildArgs(),
            target,
            noCache,
            noCacheStages,
            pull,
            labels(),
            network,
            addHosts.stream().map(ExtraHost::parse).toList(),
            shmSize.map(ByteSize::parse).orElse(0L),
            ulimits.stream().map(Ulimit::parse).toList(),
            platform),
        secrets.stream().map(SecretSpec::parse).toList(),
        entitlements(),
        new BuildOptions.Output(tags, push, load || !push, iidFile, metadataFile),
        progress.mode(),
        host.options());
  }

  /** Whoever asks for the host's network by a flag allows it thereby. */
  private Set<String> entitlements() {
    Set<String> out = new LinkedHashSet<>(allow);
    for (String right : out) {
      if (!RIGHTS.contains(right)) {
        throw new IllegalArgumentException(
            "--allow " + right + ": must be network.host or security.insecure");
      }
    }
    if (network.equals("host")) {
      out.add(WorkerSession.NETWORK_HOST);
    }
    return out;
  }

  private Map<String, String> buildArgs() {
    Map<String, String> out = new LinkedHashMap<>();
    for (String arg : buildArgs) {
      int equals = arg.indexOf('=');
      if (equals >= 0) {
        out.put(arg.substring(0, equals), arg.substring(equals + 1));
      } else {
        Optional.ofNullable(System.getenv(arg)).ifPresent(value -> out.put(arg, value));
      }
    }
    return out;
  }

  private Map<String, String> labels() {
    Map<String, String> out = new LinkedHashMap<>();
    for (String label : labels) {
      int equals = label.indexOf('=');
      out.put(
          equals < 0 ? label : label.substring(0, equals),
          equals < 0 ? "" : label.substring(equals + 1));
    }
    return out;
  }
}
