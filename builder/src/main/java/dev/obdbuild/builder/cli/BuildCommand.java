package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.config.CallSpec;
import dev.obdbuild.builder.request.Preparation;
import dev.obdbuild.builder.request.Surroundings;
import java.nio.file.Path;
import java.util.Optional;
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
      "  obd-build -o out .                                   the files of the result, in a folder",
      "  obd-build -t app -o type=oci,dest=app.tar .          an image in a file",
      "  obd-build --target test -o - . | tar -t",
      "  obd-build -t app --ssh default --build-context base=docker-image://debian:12 .",
      "  obd-build -t r:5000/app --push --cache-from r:5000/cache --cache-to"
          + " type=registry,ref=r:5000/cache .",
      "  obd-build --check .                                  what looks wrong in the Dockerfile",
      "  obd-build --addr tcp://builder:1234 -t r:5000/app --push .",
      "  git archive HEAD | obd-build -t app -",
      "",
      "A running daemon builds where there is one: that of --addr, $OBD_ADDR or $BUILDKIT_HOST, else",
      "that of the default socket unless a flag such as --root says how this process is to build.",
      "",
      "The last line says what moved, such as",
      "  fetched 12.3 MB of 541 MB base; 4 layers 31 MB sealed; pushed 31 MB"
    })
final class BuildCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private DaemonFlags daemon = new DaemonFlags();
  @Mixin private HostFlags host = new HostFlags();
  @Mixin private FrontendFlags frontend = new FrontendFlags();
  @Mixin private LentFlags lent = new LentFlags();
  @Mixin private OutputFlags output = new OutputFlags();
  @Mixin private LaterFlags later = new LaterFlags();
  @Mixin private ProgressFlags progress = new ProgressFlags();

  @Parameters(
      paramLabel = "PATH",
      description =
          "The context, which COPY and ADD read: a folder, the address of a repository or archive,"
              + " or - for an archive or a Dockerfile from standard input.")
  private String context = ".";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The Dockerfile (default PATH/Dockerfile); - for standard input.")
  private Optional<String> file = Optional.empty();

  @Option(
      names = "--call",
      paramLabel = "NAME",
      description =
          "Ask about the Dockerfile instead of building it: check, outline or targets, with"
              + " ,format=json if wanted.")
  private Optional<String> call = Optional.empty();

  @Option(
      names = "--record-trace",
      paramLabel = "FILE",
      description =
          "Write which parts of the base image the steps read, in the form that attach replays; of"
              + " several bases the one that a step uses first. A daemon records one build at a time.")
  private Optional<Path> trace = Optional.empty();

  @Option(names = "--check", description = "As --call=check: look for what is wrong.")
  private boolean check;

  @Override
  public Integer call() throws Exception {
    BuildOptions options = options();
    Builder builder = recording(daemon.builder(options.host()));
    try (Preparation preparation = Preparation.of(options, surroundings())) {
      return options.call().isPresent()
          ? Operation.ask(options, builder, preparation.request())
          : Operation.run(
              options.progress(),
              (sink, cancellation) -> {
                Builder.Built built = builder.build(preparation.request(), sink, cancellation);
                preparation.finish(built.response());
                return new Operation.Report(Preparation.imageId(built.response()), built.summary());
              });
    }
  }

  private Builder recording(Builder builder) {
    if (trace.isEmpty()) {
      return builder;
    }
    return builder.recording(trace.get());
  }

  static Surroundings surroundings() {
    return new Surroundings(System.in, System.out, Terminals.isStandardOutput(), System.getenv());
  }

  BuildOptions options() {
    return new BuildOptions(
        context,
        file,
        frontend.options(),
        lent.options(),
        lent.entitlements(frontend.isHostNetwork()),
        output.options(),
        lent.caches(),
        question(),
        progress.mode(),
        host.options());
  }

  private Optional<CallSpec> question() {
    if (check && call.isPresent()) {
      throw new IllegalArgumentException("--check and --call exclude each other");
    }
    return check ? CallSpec.parse("check") : call.flatMap(CallSpec::parse);
  }
}
