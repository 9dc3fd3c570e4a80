package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.prefetch.AccelerationLayer;
import dev.obdbuild.backstore.prefetch.TraceRecorder;
import dev.obdbuild.builder.ContainerRun;
import dev.obdbuild.builder.ContainerStartException;
import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.HostException;
import dev.obdbuild.builder.local.ImageTransfer;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code obd-build run}. */
@Command(
    name = RunCommand.NAME,
    description = {
      "Runs a command in a container of an image, in the foreground, on a throw-away writable layer.",
      "The image comes from the local store, else from its registry; only what is read is fetched."
    },
    customSynopsis = "obd-build run [options] IMAGE [COMMAND [ARGUMENT...]]",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-build run app",
      "  obd-build run -it app sh",
      "  obd-build run --accelerate registry:5000/team/app:1-fast registry:5000/team/app:1",
      "  obd-build run -e DEBUG=1 -w /src --entrypoint make registry:5000/team/app:1 test",
      "",
      "Exits with the command's exit code; 125 when the container could not be started, 127 when the",
      "image has no such program."
    })
final class RunCommand implements Callable<Integer> {

  static final String NAME = "run";

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private HostFlags host = new HostFlags();

  @Parameters(index = "0", paramLabel = "IMAGE", description = "Name of the image.")
  private String image = "";

  @Parameters(
      index = "1..*",
      paramLabel = "COMMAND",
      description = "What to run instead of the image's command.")
  private List<String> command = new ArrayList<>();

  @Option(
      names = {"-i", "--interactive"},
      description = "Hand standard input to the command.")
  private boolean interactive;

  @Option(
      names = {"-t", "--tty"},
      description = "Give the command a terminal (needs one here).")
  private boolean terminal;

  @Option(
      names = {"-e", "--env"},
      paramLabel = "K[=V]",
      description = "Variable of the environment; without =V its value here. Repeatable.")
  private List<String> env = new ArrayList<>();

  @Option(
      names = {"-w", "--workdir"},
      paramLabel = "DIR",
      description = "Working directory instead of the image's.")
  private Optional<String> workdir = Optional.empty();

  @Option(
      names = {"-u", "--user"},
      paramLabel = "USER",
      description = "User (and group, after a colon) instead of the image's.")
  private Optional<String> user = Optional.empty();

  @Option(
      names = "--entrypoint",
      paramLabel = "PROGRAM",
      description = "Program instead of the image's entrypoint; empty for none.")
  private Optional<String> entrypoint = Optional.empty();

  @Option(names = "--network", paramLabel = "MODE", description = "host (the default) or none.")
  private String network = "host";

  @Option(
      names = "--record-trace",
      paramLabel = "FILE",
      description = "Write which parts of the image were read, in the form that attach replays.")
  private Optional<Path> trace = Optional.empty();

  @Option(
      names = "--accelerate",
      paramLabel = "NAME",
      description = {
        "Push the image as NAME with what was read as its acceleration layer: who runs it there",
        "has those parts fetched ahead."
      })
  private Optional<String> accelerated = Optional.empty();

  @Option(names = "--rm", hidden = true, description = "Always so; understood for docker's sake.")
  private boolean remove;

  @Override
  public Integer call() throws Exception {
    if (!List.of("host", "none").contains(network)) {
      throw new IllegalArgumentException("--network " + network + ": must be host or none");
    }
    if (terminal && !Terminals.isStandardInput()) {
      throw new IllegalArgumentException("-t needs a terminal, and this is none");
    }
    ContainerRun.Request request =
        new ContainerRun.Request(
            image,
            command,
            variables(),
            workdir,
            user,
            entrypoint,
            interactive,
            terminal,
            network.equals("none"));
    try (Engine engine = Session.open(host.options());
        Interruption interruption = Interruption.listen()) {
      boolean recording = trace.isPresent() || accelerated.isPresent();
      TraceRecorder recorder = new TraceRecorder();
      if (recording) {
        engine.record(recorder);
      }
      int code = new ContainerRun(engine).run(request, interruption.cancellation());
      if (recording) {
        recorder.stop();
        keep(engine, recorder.records(), interruption.cancellation());
      }
      return code;
    } catch (HostException e) {
      throw e;
    } catch (ContainerStartException e) {
      System.err.println("error: " + e.getMessage());
      return ExitCode.NO_PROGRAM;
    } catch (IOException e) {
      Failures.trace(e);
      System.err.println("error: " + e.getMessage());
      return ExitCode.NOT_RUN;
    }
  }

  private void keep(Engine engine, List<TraceRecord> records, Cancellation cancellation)
      throws IOException {
    if (trace.isPresent()) {
      AccelerationLayer.write(records, trace.get());
      System.err.println("trace of " + records.size() + " reads written to " + trace.get());
    }
    if (accelerated.isPresent()) {
      System.err.println(
          new ImageTransfer(engine, ProgressSink.none(), cancellation)
              .accelerate(image, records, accelerated.get())
              .summary());
    }
  }

  private Map<String, String> variables() {
    Map<String, String> out = new LinkedHashMap<>();
    for (String variable : env) {
      int equals = variable.indexOf('=');
      if (equals >= 0) {
        out.put(variable.substring(0, equals), variable.substring(equals + 1));
      } else {
        Optional.ofNullable(System.getenv(variable)).ifPresent(v -> out.put(variable, v));
      }
    }
    return out;
  }
}
