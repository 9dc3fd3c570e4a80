package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.Suggestion;
import dev.obdbuild.frontend.expand.Blank;
import dev.obdbuild.frontend.parse.Flags.Kind;
import dev.obdbuild.oci.json.GoQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One instruction, split into words, to its record. */
final class InstructionParser {
  private static final List<String> KEYWORDS =
      List.of(
          "ADD",
          "ARG",
          "CMD",
          "COPY",
          "ENTRYPOINT",
          "ENV",
          "EXPOSE",
          "FROM",
          "HEALTHCHECK",
          "LABEL",
          "MAINTAINER",
          "ONBUILD",
          "RUN",
          "SHELL",
          "STOPSIGNAL",
          "USER",
          "VOLUME",
          "WORKDIR");

  private final Node node;
  private final List<Heredoc> heredocs;
  private final Origin origin;
  private final LineParser lineParser;

  InstructionParser(
      Node node,
      List<Heredoc> heredocs,
      Lines lines,
      List<String> comments,
      LineParser lineParser) {
    this.node = node;
    this.heredocs = heredocs;
    this.origin = new Origin(node.keyword(), node.text(), lines, comments);
    this.lineParser = lineParser;
  }

  /** The instruction, or a stage without instructions for FROM. */
  record Parsed(Optional<Stage> stage, Optional<Instruction> instruction) {}

  Parsed parse() throws DockerfileException {
    if (node.keyword().equalsIgnoreCase("from")) {
      return new Parsed(Optional.of(stage()), Optional.empty());
    }
    return new Parsed(Optional.empty(), Optional.of(instruction()));
  }

  private Instruction instruction() throws DockerfileException {
    String keyword = node.keyword().toUpperCase(Locale.ROOT);
    return switch (keyword) {
      case "ADD" -> TransferParser.add(node, heredocs, origin);
      case "COPY" -> TransferParser.copy(node, heredocs, origin);
      case "RUN" -> RunParser.run(node, heredocs, origin);
      case "HEALTHCHECK" -> HealthcheckParser.parse(node, origin);
      case "ARG" -> arg();
      case "ENV" -> new Instruction.Env(origin, pairs("ENV"));
      case "LABEL" -> new Instruction.Label(origin, pairs("LABEL"));
      case "CMD" -> new Instruction.Cmd(origin, command());
      case "ENTRYPOINT" -> new Instruction.Entrypoint(origin, command());
      case "SHELL" -> shell();
      case "EXPOSE" -> {
        yield new Instruction.Expose(origin, atLeastOne("EXPOSE").stream().sorted().toList());
      }
      case "VOLUME" -> volume();
      case "MAINTAINER" -> new Instruction.Maintainer(origin, exactlyOne("MAINTAINER"));
      case "USER" -> new Instruction.User(origin, exactlyOne("USER"));
      case "WORKDIR" -> new Instruction.Workdir(origin, exactlyOne("WORKDIR"));
      case "STOPSIGNAL" -> new Instruction.StopSignal(origin, only("STOPSIGNAL"));
      case "ONBUILD" -> onbuild();
      default ->
          throw new DockerfileException(
              Suggestion.append(
                  "unknown instruction: " + node.keyword(), node.keyword(), KEYWORDS, false));
    };
  }

  private Stage stage() throws DockerfileException {
    List<String> args = node.values();
    String name = "";
    if (args.size() == 3 && args.get(1).equalsIgnoreCase("as")) {
      name = args.get(2).toLowerCase(Locale.ROOT);
      if (!name.matches("[a-z][a-z0-9-_.]*")) {
        throw new DockerfileException(
            "invalid name for build stage: "
                + GoQuote.quote(args.get(2))
                + ", name can't start with a number or contain symbols");
      }
    } else if (args.size() != 1) {
      throw new DockerfileException("FROM requires either one or three arguments");
    }
    Flags flags = new Flags(node.flags(), Map.of("platform", Kind.STRING));
    return new Stage(origin, args.getFirst(), name, flags.string("platform"), List.of());
  }

  private Instruction arg() throws DockerfileException {
    if (node.args().isEmpty()) {
      throw atLeastOneArgument("ARG");
    }
    List<Instruction.Argument> arguments = new ArrayList<>();
    for (String word : node.values()) {
      int equals = word.indexOf('=');
      if (equals == 0) {
        throw new DockerfileException("ARG names can not be blank");
      }
      arguments.add(
          equals < 0
              ? new Instruction.Argument(word, Optional.empty())
              : new Instruction.Argument(
                  word.substring(0, equals), Optional.of(word.substring(equals + 1))));
    }
    return new Instruction.Arg(origin, arguments);
  }

  private List<Instruction.Pair> pairs(String keyword) throws DockerfileException {
    noFlags();
    if (node.args().isEmpty()) {
      throw atLeastOneArgument(keyword);
    }
    List<Instruction.Pair> pairs = new ArrayList<>();
    for (Node.Word word : node.args()) {
      if (word.key().isEmpty()) {
        throw new DockerfileException(keyword + " names can not be blank");
      }
      pairs.add(new Instruction.Pair(word.key(), word.value(), word.legacy()));
    }
    return pairs;
  }

  private CommandLine command() throws DockerfileException {
    noFlags();
    return new CommandLine(node.values(), !node.json(), List.of());
  }

  private Instruction shell() throws DockerfileException {
    noFlags();
    if (node.args().isEmpty()) {
      throw atLeastOneArgument("SHELL");
    }
    if (!node.json()) {
      throw new DockerfileException("SHELL requires the arguments to be in JSON form");
    }
    return new Instruction.Shell(origin, node.values());
  }

  private Instruction volume() throws DockerfileException {
    List<String> paths = new ArrayList<>();
    for (String value : atLeastOne("VOLUME")) {
      String path = Blank.trim(value);
      if (path.isEmpty()) {
        throw new DockerfileException("VOLUME specified can not be an empty string");
      }
      paths.add(path);
    }
    return new Instruction.Volume(origin, paths);
  }

  private Instruction onbuild() throws DockerfileException {
    if (node.args().isEmpty()) {
      throw atLeastOneArgument("ONBUILD");
    }
    noFlags();
    String text = node.values().getFirst();
    Node trigger = lineParser.parse(text);
    String keyword = trigger.keyword().toUpperCase(Locale.ROOT);
    switch (keyword) {
      case "ONBUILD" ->
          throw new DockerfileException("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
      case "MAINTAINER", "FROM" ->
          throw new DockerfileException(keyword + " isn't allowed as an ONBUILD trigger");
      default -> {}
    }
    StringBuilder whole = new StringBuilder(text);
    for (Heredoc heredoc : heredocs) {
      whole.append('\n').append(heredoc.content()).append(heredoc.name());
    }
    return new Instruction.Onbuild(origin, whole.toString());
  }

  private List<String> atLeastOne(String keyword) throws DockerfileException {
    if (node.args().isEmpty()) {
      throw atLeastOneArgument(keyword);
    }
    noFlags();
    return node.values();
  }

  private String exactlyOne(String keyword) throws DockerfileException {
    String value = only(keyword);
    noFlags();
    return value;
  }

  private String only(String keyword) throws DockerfileException {
    if (node.args().size() != 1) {
      throw new DockerfileException(keyword + " requires exactly one argument");
    }
    return node.values().getFirst();
  }

  private void noFlags() throws DockerfileException {
    new Flags(node.flags(), Map.of());
  }

  static DockerfileException atLeastOneArgument(String keyword) {
    return new DockerfileException(keyword + " requires at least one argument");
  }
}
