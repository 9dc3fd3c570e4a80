package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.Engine;
import dev.obdbuild.oci.image.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code obd-build rmi}. */
@Command(
    name = "rmi",
    description = "Removes images from the local store. 'obd-build prune' then frees their space.",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = "  obd-build rmi app:1 app:2")
final class RmiCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private RootFlag root = new RootFlag();

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Names in the local store.")
  private List<String> names = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    try (Engine engine = Session.open(root.options())) {
      int code = ExitCode.SUCCESS;
      for (String name : names) {
        if (engine.snapshots().images().remove(Reference.parse(name).canonical())) {
          System.out.println("removed " + name);
        } else {
          System.err.println("error: no image " + name + " in " + root.root());
          code = ExitCode.FAILED;
        }
      }
      return code;
    }
  }
}
