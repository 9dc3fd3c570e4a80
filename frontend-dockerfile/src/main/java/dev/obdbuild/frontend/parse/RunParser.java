package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.Flags.Kind;
import dev.obdbuild.oci.json.GoQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** RUN. */
final class RunParser {
  private static final Map<String, Kind> FLAGS =
      Map.of(
          "mount", Kind.STRINGS,
          "network", Kind.STRING,
          "security", Kind.STRING,
          "device", Kind.STRINGS);

  private RunParser() {}

  static Instruction run(Node node, List<Heredoc> heredocs, Origin origin)
      throws DockerfileException {
    Flags flags = new Flags(node.flags(), FLAGS);
    Instruction.Security security =
        switch (flags.string("security", "sandbox")) {
          case "sandbox" -> Instruction.Security.SANDBOX;
          case "insecure" -> Instruction.Security.INSECURE;
          default ->
              throw new DockerfileException(
                  "security " + GoQuote.quote(flags.string("security")) + " is not valid");
        };
    Instruction.Network network =
        switch (flags.string("network", "default")) {
          case "default" -> Instruction.Network.DEFAULT;
          case "none" -> Instruction.Network.NONE;
          case "host" -> Instruction.Network.HOST;
          default ->
              throw new DockerfileException(
                  "invalid network mode " + GoQuote.quote(flags.string("network")));
        };
    for (String mount : flags.strings("mount")) {
      MountSpec.checkFrom(mount);
    }
    List<DeviceSpec> devices = new ArrayList<>();
    for (String device : flags.strings("device")) {
      devices.add(DeviceSpec.parse(device));
    }
    return new Instruction.Run(
        origin,
        new CommandLine(node.values(), !node.json(), heredocs),
        flags.strings("mount"),
        network,
        security,
        devices);
  }
}
