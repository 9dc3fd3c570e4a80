package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Text to {@link Dockerfile}. */
public final class DockerfileParser {
  private static final String NO_INSTRUCTIONS = "file with no instructions";

  private final List<Instruction.Arg> arguments = new ArrayList<>();
  private final List<Stage> stages = new ArrayList<>();
  private List<Instruction> current = new ArrayList<>();
  private Optional<Origin> failed = Optional.empty();

  private DockerfileParser() {}

  private record SplitLine(InstructionLine line, Node node) {}

  /**
   * Parses a Dockerfile.
   *
   * @throws DockerfileException with the lines it stands at
   */
  public static Dockerfile parse(String text) throws DockerfileException {
    return read(text).whole();
  }

  /**
   * Reads a Dockerfile up to the first error. Lines are split first and understood then, so an
   * error of the first kind anywhere in the file wins over one of the second.
   */
  public static Reading read(String text) {
    LineReader reader = new LineReader(text);
    DockerfileParser parser = new DockerfileParser();
    List<Lines> emptyContinuations = new ArrayList<>();
    Optional<DockerfileException> failure = Optional.empty();
    try {
      if (text.isEmpty()) {
        throw new DockerfileException("the Dockerfile cannot be empty");
      }
      List<SplitLine> split = split(reader);
      split.stream()
          .filter(s -> s.line.emptyContinuation())
          .forEach(s -> emptyContinuations.add(Lines.of(s.line.lines().last())));
      parser.understand(split, reader);
    } catch (DockerfileException e) {
      failure = Optional.of(e);
    }
    Dockerfile file =
        new Dockerfile(
            parser.arguments,
            parser.stages,
            reader.directives().escape(),
            reader.directives().value("check"),
            emptyContinuations);
    return new Reading(file, parser.failed, failure);
  }

  private void understand(List<SplitLine> split, LineReader reader) throws DockerfileException {
    if (split.isEmpty()) {
      throw new DockerfileException(NO_INSTRUCTIONS, Lines.of(Math.max(1, reader.line())));
    }
    LineParser lineParser = new LineParser(reader.directives().escape());
    try {
      for (SplitLine line : split) {
        add(line, lineParser);
      }
    } finally {
      finishStage();
    }
  }

  /**
   * Parses what an ONBUILD trigger holds.
   *
   * @param lines the FROM line that fires it, where its errors belong
   */
  public static Instruction parseTrigger(String trigger, Lines lines) throws DockerfileException {
    try {
      LineReader reader = new LineReader(trigger);
      List<SplitLine> split = split(reader);
      if (split.isEmpty()) {
        throw new DockerfileException(NO_INSTRUCTIONS);
      }
      if (split.size() != 1) {
        throw new DockerfileException("onbuild trigger should be a single expression");
      }
      SplitLine only = split.getFirst();
      InstructionParser.Parsed parsed =
          new InstructionParser(
                  only.node,
                  only.line.heredocs(),
                  lines,
                  List.of(),
                  new LineParser(reader.directives().escape()))
              .parse();
      return parsed
          .instruction()
          .orElseThrow(() -> new DockerfileException("FROM isn't allowed as an ONBUILD trigger"));
    } catch (DockerfileException e) {
      // Lines inside the trigger are no lines of the file.
      throw DockerfileException.of(e.getMessage() == null ? "" : e.getMessage(), e).at(lines);
    }
  }

  private static List<SplitLine> split(LineReader reader) throws DockerfileException {
    List<SplitLine> split = new ArrayList<>();
    Optional<InstructionLine> line = reader.next();
    while (line.isPresent()) {
      LineParser lineParser = new LineParser(reader.directives().escape());
      try {
        Node node = lineParser.parse(line.get().text());
        lookIntoTriggers(node, lineParser);
        split.add(new SplitLine(line.get(), node));
      } catch (DockerfileException e) {
        throw e.at(line.get().lines());
      }
      line = reader.next();
    }
    return split;
  }

  /** What stands behind ONBUILD is split too: its errors are of the first kind. */
  private static void lookIntoTriggers(Node node, LineParser lineParser)
      throws DockerfileException {
    Node inner = node;
    while (inner.keyword().equalsIgnoreCase("onbuild") && !inner.args().isEmpty()) {
      inner = lineParser.parse(inner.values().getFirst());
    }
  }

  private void add(SplitLine split, LineParser lineParser) throws DockerfileException {
    Lines lines = split.line.lines();
    InstructionParser.Parsed parsed;
    try {
      parsed =
          new InstructionParser(
                  split.node, split.line.heredocs(), lines, split.line.comments(), lineParser)
              .parse();
    } catch (DockerfileException e) {
      failed =
          Optional.of(
              new Origin(split.node.keyword(), split.node.text(), lines, split.line.comments()));
      throw e.prefixed("dockerfile parse error on line " + lines.first() + ": ").at(lines);
    }
    if (parsed.stage().isPresent()) {
      finishStage();
      stages.add(parsed.stage().get());
    } else {
      Instruction instruction = parsed.instruction().orElseThrow();
      if (!stages.isEmpty()) {
        current.add(instruction);
      } else if (instruction instanceof Instruction.Arg arg) {
        arguments.add(arg);
      } else {
        throw new DockerfileException("no build stage in current context", lines);
      }
    }
  }

  private void finishStage() {
    if (!stages.isEmpty()) {
      Stage last = stages.removeLast();
      stages.add(new Stage(last.origin(), last.base(), last.name(), last.platform(), current));
    }
    current = new ArrayList<>();
  }
}
