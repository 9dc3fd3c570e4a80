package dev.obdbuild.llb;

import dev.obdbuild.protos.pb.BuildInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code pb.Op} messages from outside to operations. */
final class OpReader {
  private OpReader() {}

  /** An index as the wire has it, which must fit our bounds. */
  static int index(long value, String what) throws InvalidGraphException {
    if (value < Op.NONE || value > Integer.MAX_VALUE) {
      throw new InvalidGraphException(what + " is " + value);
    }
    return (int) value;
  }

  /**
   * @param depth how many definitions this one is nested in
   */
  static Op read(dev.obdbuild.protos.pb.Op message, int depth) throws InvalidGraphException {
    return switch (message.getOpCase()) {
      case EXEC -> ExecReader.exec(message.getExec());
      case FILE -> FileReader.file(message.getFile());
      case SOURCE ->
          SourceOp.of(message.getSource().getIdentifier(), message.getSource().getAttrsMap());
      case MERGE -> merge(message.getMerge());
      case DIFF ->
          new DiffOp(
              index(message.getDiff().getLower().getInput(), "lower input of diff"),
              index(message.getDiff().getUpper().getInput(), "upper input of diff"));
      case BUILD -> build(message.getBuild(), depth);
      case PASSTHROUGH -> passthrough(message.getPassthrough());
      case OP_NOT_SET -> throw new InvalidGraphException("vertex without an operation");
    };
  }

  private static MergeOp merge(dev.obdbuild.protos.pb.MergeOp message)
      throws InvalidGraphException {
    List<Integer> inputs = new ArrayList<>();
    for (var input : message.getInputsList()) {
      inputs.add(index(input.getInput(), "merge input"));
    }
    return new MergeOp(inputs);
  }

  private static BuildOp build(dev.obdbuild.protos.pb.BuildOp message, int depth)
      throws InvalidGraphException {
    SortedMap<String, Integer> inputs = new TreeMap<>();
    for (Map.Entry<String, BuildInput> entry : message.getInputsMap().entrySet()) {
      inputs.put(entry.getKey(), index(entry.getValue().getInput(), "build input"));
    }
    Optional<Graph> definition =
        message.hasDef()
            ? Optional.of(GraphReader.read(message.getDef(), depth + 1))
            : Optional.empty();
    return new BuildOp(
        index(message.getBuilder(), "builder"),
        inputs,
        definition,
        new TreeMap<>(message.getAttrsMap()));
  }

  private static PassthroughOp passthrough(dev.obdbuild.protos.pb.PassthroughOp message)
      throws InvalidGraphException {
    List<Integer> outputs = new ArrayList<>();
    for (long output : message.getOutputsList()) {
      outputs.add(index(output, "passthrough output"));
    }
    return new PassthroughOp(message.getId(), outputs);
  }
}
