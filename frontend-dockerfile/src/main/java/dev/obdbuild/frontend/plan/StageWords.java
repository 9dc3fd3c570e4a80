package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Suggestion;
import dev.obdbuild.frontend.expand.Expanded;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.parse.Origin;
import java.util.Optional;

/** Expands the words of one instruction and tells of variables that nobody set. */
final class StageWords {
  private final Expander expander;
  private final Checks checks;
  private final StageState state;
  private final Origin origin;

  StageWords(Expander expander, Checks checks, StageState state, Origin origin) {
    this.expander = expander;
    this.checks = checks;
    this.state = state;
    this.origin = origin;
  }

  String word(String text) throws DockerfileException {
    Recorder used = new Recorder(state.env);
    try {
      return expander.word(text, used);
    } finally {
      report(used);
    }
  }

  Expanded body(String text) throws DockerfileException {
    Recorder used = new Recorder(state.env);
    try {
      return expander.expandBody(text, used);
    } finally {
      report(used);
    }
  }

  private void report(Recorder used) {
    for (String name : used.missing()) {
      boolean declared = state.buildArgs.stream().anyMatch(a -> a.name().equals(name));
      if (!declared && !name.startsWith(ScannedParts.PREFIX)) {
        Optional<String> known = Suggestion.nearest(name, state.env.names(), true);
        checks.warn(
            Rule.UNDEFINED_VAR,
            "Usage of undefined variable '$"
                + name
                + "'"
                + known.map(k -> " (did you mean $" + k + "?)").orElse(""),
            origin);
      }
    }
  }
}
