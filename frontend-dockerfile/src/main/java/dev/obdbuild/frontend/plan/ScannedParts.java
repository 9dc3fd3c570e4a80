package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.parse.GoBool;
import dev.obdbuild.llb.Graph;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a scan for packages is to look into besides the result: the build context and stages, as
 * arguments say. Their values are a truth or names of stages with commas between them.
 *
 * @param globals arguments as FROM lines see them
 */
record ScannedParts(EnvList globals) {

  static final String PREFIX = "BUILDKIT_SBOM_SCAN_";
  private static final String CONTEXT = PREFIX + "CONTEXT";
  private static final String STAGE = PREFIX + "STAGE";

  /** The parts by their names, once the emitter has emitted the stages. */
  SortedMap<String, Graph> of(StageState target, List<StageState> needed, LlbEmitter llb) {
    SortedMap<String, Graph> parts = new TreeMap<>();
    if (wants(target, CONTEXT)) {
      parts.put("context", llb.contextGraph());
    }
    Set<StageState> reachable = StageGraph.reachable(target);
    for (StageState state : needed) {
      if (state != target && reachable.contains(state) && wants(state, STAGE)) {
        parts.put(state.displayName, llb.graph(state));
      }
    }
    return parts;
  }

  /** A stage's own arguments win, the last one first. */
  private boolean wants(StageState state, String name) {
    if (state.isGiven()) {
      return false;
    }
    Optional<String> own =
        state.buildArgs.reversed().stream()
            .filter(argument -> argument.name().equals(name))
            .flatMap(argument -> argument.value().stream())
            .findFirst();
    return own.or(() -> globals.get(name))
        .map(
            value ->
                GoBool.parse(value)
                    .orElseGet(() -> Arrays.asList(value.split(",")).contains(state.displayName)))
        .orElse(false);
  }
}
