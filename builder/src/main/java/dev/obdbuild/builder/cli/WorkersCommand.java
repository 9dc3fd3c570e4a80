package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.llb.Platforms;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.protos.control.ListWorkersRequest;
import dev.obdbuild.protos.control.ListWorkersResponse;
import dev.obdbuild.protos.types.WorkerRecord;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code obd-buildd workers}: what drivers ask to know whether a daemon is ready. */
@Command(
    name = "workers",
    description = "Asks a running daemon what it builds for; fails when there is none.",
    customSynopsis = "obd-buildd workers [--addr ADDRESS]",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = "  obd-buildd workers --addr tcp://127.0.0.1:1234")
final class WorkersCommand implements Callable<Integer> {

  private static final int SECONDS = 5;

  @Mixin private HelpFlag help = new HelpFlag();

  @Option(names = "--addr", paramLabel = "ADDRESS", description = "Where the daemon listens.")
  private Optional<String> address = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Address target = Address.parse(address.orElse(DaemonName.current().address()));
    try (EventLoops loops = new EventLoops(1)) {
      ManagedChannel channel = loops.channel(target, Optional.empty()).build();
      try {
        ListWorkersResponse answer =
            ControlGrpc.newBlockingStub(channel)
                .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                .listWorkers(ListWorkersRequest.getDefaultInstance());
        System.out.println("ID\tPLATFORMS");
        answer
            .getRecordList()
            .forEach(worker -> System.out.println(worker.getID() + "\t" + platforms(worker)));
      } catch (StatusRuntimeException e) {
        throw new IOException("no answer from " + target + ": " + told(e.getStatus()), e);
      } finally {
        channel.shutdownNow();
      }
    }
    return ExitCode.SUCCESS;
  }

  private static String told(Status status) {
    Throwable cause = status.getCause();
    return cause == null ? status.toString() : String.valueOf(cause.getMessage());
  }

  private static String platforms(WorkerRecord worker) {
    return worker.getPlatformsList().stream()
        .map(platform -> Platforms.fromProto(platform).toString())
        .collect(Collectors.joining(","));
  }
}
