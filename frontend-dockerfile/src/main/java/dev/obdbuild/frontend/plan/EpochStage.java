package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.expand.Variables;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.parse.Stage;
import dev.obdbuild.frontend.remote.GitReference;
import dev.obdbuild.frontend.remote.GitSource;
import dev.obdbuild.frontend.remote.HttpSource;
import dev.obdbuild.llb.Node;
import dev.obdbuild.oci.json.GoQuote;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads stages that do nothing but download one thing, whose time is wanted. */
final class EpochStage {
  private static final String PREFIX = EpochSource.NAME + " stage ";
  private static final String ONE_ADD = PREFIX + "must contain exactly one remote ADD";

  private final Expander expander;
  private final Map<String, String> given;
  private final EnvList globals;

  /**
   * @param given build arguments from outside, which win
   * @param globals arguments as FROM lines see them
   */
  EpochStage(Expander expander, Map<String, String> given, EnvList globals) {
    this.expander = expander;
    this.given = Map.copyOf(given);
    this.globals = globals.copy();
    this.globals.remove(EpochSource.NAME);
  }

  /** What the stage downloads. */
  Node.Out download(Stage stage) throws DockerfileException {
    try {
      return only(stage);
    } catch (DockerfileException e) {
      throw e.at(stage.origin().lines());
    }
  }

  private Node.Out only(Stage stage) throws DockerfileException {
    if (!base(stage).equals(StageState.SCRATCH)) {
      throw new DockerfileException(PREFIX + "must use FROM scratch");
    }
    Map<String, String> own = new HashMap<>();
    Variables variables = name -> Optional.ofNullable(own.get(name)).or(() -> globals.get(name));
    Optional<Node.Out> found = Optional.empty();
    for (Instruction instruction : stage.instructions()) {
      switch (instruction) {
        case Instruction.Arg arg -> declare(arg, own, variables);
        case Instruction.Add add -> {
          if (found.isPresent()) {
            throw new DockerfileException(ONE_ADD);
          }
          found = Optional.of(source(add, variables));
        }
        default ->
            throw new DockerfileException(
                PREFIX
                    + "does not meet source-only requirements: unsupported "
                    + instruction.origin().keyword()
                    + " instruction");
      }
    }
    return found.orElseThrow(() -> new DockerfileException(ONE_ADD));
  }

  private String base(Stage stage) throws DockerfileException {
    try {
      return expander.word(stage.base(), globals);
    } catch (DockerfileException e) {
      throw e.prefixed(
          "failed to process source stage base name " + GoQuote.quote(stage.base()) + ": ");
    }
  }

  private void declare(Instruction.Arg arg, Map<String, String> own, Variables variables)
      throws DockerfileException {
    for (Instruction.Argument argument : arg.arguments()) {
      String outside = given.get(argument.name());
      if (outside != null) {
        own.put(argument.name(), outside);
      } else if (argument.value().isPresent()) {
        own.put(argument.name(), expander.word(argument.value().get(), variables));
      }
    }
  }

  private Node.Out source(Instruction.Add add, Variables variables) throws DockerfileException {
    Instruction.Transfer transfer = add.transfer();
    if (!transfer.documents().isEmpty() || transfer.sources().size() != 1) {
      throw new DockerfileException(ONE_ADD + " source");
    }
    String source = expander.word(transfer.sources().getFirst(), variables);
    String checksum = expander.word(add.checksum(), variables);
    Optional<GitReference> git = GitReference.parse(source).filter(found -> !found.local());
    if (git.isPresent()) {
      GitSource repository = new GitSource(git.get()).checksum(checksum);
      if (add.keepGitDir().orElse(false) || git.get().keepGitDir().orElse(false)) {
        repository.keepingGitDir();
      }
      return repository.out(source);
    }
    if (HttpSource.matches(source)) {
      return HttpSource.of(source, checksum, source);
    }
    throw new DockerfileException(PREFIX + "source must be a single HTTP(S) or Git ADD");
  }
}
