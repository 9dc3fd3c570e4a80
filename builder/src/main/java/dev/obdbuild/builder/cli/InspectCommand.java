package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.ImageLookup;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code obd-build inspect}. */
@Command(
    name = "inspect",
    description =
        "Prints an image's manifest and config as JSON, from the local store or the registry.",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nArguments:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  obd-build inspect app", "  obd-build inspect --raw registry:5000/team/app:1"})
final class InspectCommand implements Callable<Integer> {

  @Mixin private HelpFlag help = new HelpFlag();
  @Mixin private RootFlag root = new RootFlag();

  @Parameters(paramLabel = "IMAGE", description = "Name of the image.")
  private String image = "";

  @Option(names = "--raw", description = "Print the manifest's own bytes.")
  private boolean raw;

  @Override
  public Integer call() throws Exception {
    try (Engine engine = Session.open(root.options())) {
      ImageLookup.Documents documents = new ImageLookup(engine).documents(image);
      if (raw) {
        System.out.write(documents.manifest());
        System.out.flush();
        return ExitCode.SUCCESS;
      }
      JsonMapper json = JsonMapper.builder().build();
      ObjectNode out = json.createObjectNode();
      out.put("name", documents.name());
      out.put("digest", documents.digest().toString());
      out.put("local", documents.local());
      out.set("manifest", read(json, documents.manifest()));
      out.set("config", read(json, documents.config()));
      System.out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(out));
      return ExitCode.SUCCESS;
    }
  }

  private static JsonNode read(JsonMapper json, byte[] document) {
    return json.readTree(new String(document, StandardCharsets.UTF_8));
  }
}
