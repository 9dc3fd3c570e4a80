package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.ImageLookup;
import dev.obdbuild.builder.ImageMount;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code obd-build mount}. */
@Command(
    name = "mount",
    description = {
      "Mounts an image's root filesystem read-only on a folder, lazily: only what is read is fetched.",
      "Serves it until Ctrl-C or until somebody unmounts it."
    },
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  obd-build mount app /mnt",
      "  obd-build mount -d registry:5000/team/app:1 /mnt && ls /mnt && umount /mnt"
    })
final class MountCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private HostFlags host = new HostFlags();

  @Parameters(index = "0", paramLabel = "IMAGE", description = "Name of the image.")
  private String image = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "An existing folder.")
  private Path folder = Path.of(".");

  @Option(
      names = {"-d", "--detach"},
      description = "Return when it is mounted and leave a serving process behind; umount ends it.")
  private boolean detach;

  @Option(names = "--detached", hidden = true, description = "This is the process left behind.")
  private boolean detached;

  @Override
  public Integer call() throws Exception {
    if (detach) {
      return Detached.start();
    }
    try (Interruption interruption = Interruption.listen();
        Engine engine = Session.open(host.options());
        ImageLookup.Found found = new ImageLookup(engine).find(image);
        ImageMount mount = ImageMount.at(engine, found, folder)) {
      if (detached) {
        Detached.ready();
      } else {
        System.out.println(image + " is mounted on " + folder + "; Ctrl-C unmounts it");
        System.out.flush();
      }
      mount.awaitEnd(interruption.cancellation());
      return ExitCode.SUCCESS;
    }
  }
}
