package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.attach.Serving;
import dev.obdbuild.backstore.config.LogSpec;
import dev.obdbuild.backstore.config.ServiceSpec;
import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.builder.HostNeeds;
import dev.obdbuild.solver.Cancellation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code obd-backstore attach}. */
@Command(
    name = "attach",
    description = {
      "Serves the image of a config.v1.json as a block device, and prints the device's node.",
      "Layers that no file holds are read lazily from the registry. With an upper the device is",
      "writable. Serves until SIGTERM, Ctrl-C or 'obd-backstore detach'."
    },
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-backstore attach config.v1.json",
      "  mount -o ro $(obd-backstore attach -d config.v1.json) /mnt",
      "  obd-backstore attach --service-config overlaybd.json config.v1.json",
      "  obd-backstore attach --device tcmu config.v1.json"
    })
final class AttachCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private AttachmentsFlag attachments = new AttachmentsFlag();

  @Parameters(index = "0", paramLabel = "CONFIG", description = "The image's config.v1.json.")
  private Path config = Path.of("");

  @Option(
      names = "--service-config",
      paramLabel = "FILE",
      description = "How to serve (default /etc/overlaybd/overlaybd.json, if it is there).")
  private Optional<Path> serviceConfig = Optional.empty();

  @Option(
      names = "--device",
      paramLabel = "KIND",
      description =
          "How the device is made: auto, tcmu or fuse (default auto: tcmu if the kernel has it).")
  private DeviceChoice device = DeviceChoice.AUTO;

  @Option(
      names = {"-d", "--detach"},
      description = {
        "Return when the device is there and leave a serving process behind.",
        "Its messages go to DIR/log where the service's configuration names no file."
      })
  private boolean detach;

  @Option(names = "--detached", hidden = true, description = "This is the process left behind.")
  private boolean detached;

  @Override
  public Integer call() throws Exception {
    if (detach) {
      return Detached.start();
    }
    ServingLog log = new ServingLog();
    ServiceSpec service = service(log);
    service.log().ifPresent(log::moveTo);
    try (Interruption interruption = Interruption.listen();
        Serving serving = Serving.start(config, service, device, attachments.attachments(), log)) {
      System.out.println(serving.image().node());
      if (detached) {
        if (service.log().isEmpty()) {
          log.moveTo(LogSpec.standard(attachments.folder().resolve("log")));
        }
        Detached.ready();
      }
      System.out.flush();
      CountDownLatch end = new CountDownLatch(1);
      try (Cancellation.Registration registration =
          interruption.cancellation().onCancel(end::countDown)) {
        serving.await(end);
      }
    } catch (IOException | RuntimeException e) {
      if (detached) {
        log.line(config + ": " + e.getMessage());
      }
      throw e;
    }
    return ExitCode.SUCCESS;
  }

  /** How to serve; whoever waits for the image's result file learns when that cannot be had. */
  private ServiceSpec service(ServingLog log) throws IOException {
    try {
      HostNeeds.checkDevices("obd-backstore attach");
      return serviceConfig.isPresent()
          ? ServiceSpec.read(serviceConfig.get())
          : ServiceSpec.readDefault();
    } catch (IOException e) {
      Serving.refused(config, e, log);
      throw e;
    }
  }
}
