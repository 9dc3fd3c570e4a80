package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.expand.Style;
import dev.obdbuild.frontend.expand.Variables;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.parse.Origin;
import dev.obdbuild.oci.image.Platform;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What steps are called where users see them: {@code [build 2/13] RUN make}. */
final class StepNames {
  private StepNames() {}

  /** The next step's label. {@code words} is the instruction as it is shown. */
  static Step.Label label(
      StageState state,
      StageState.Planned planned,
      String words,
      String command,
      boolean cacheable) {
    state.stepIndex++;
    return new Step.Label(
        text(state, planned, words),
        command,
        planned.instruction().origin().lines(),
        cacheable && state.noCache);
  }

  /** A name for the step that {@link #label} gave the last label for. */
  static String text(StageState state, StageState.Planned planned, String words) {
    // What runs on nothing shows no platform, as in BuildKit.
    boolean shown = !(planned.instruction() instanceof Instruction.Run) || !state.isOnNothing();
    return place(state, shown) + (planned.trigger() ? "ONBUILD " : "") + words;
  }

  /** The name of FROM. */
  static String from(StageState state, String image) {
    if (state.stepTotal == 0) {
      return "FROM " + image;
    }
    state.stepIndex++;
    return place(state, true) + "FROM " + image;
  }

  /**
   * Counts the FROM of a stage that is not needed, as BuildKit does each time that it looks at base
   * images: if a trigger needs it after all, its FROM is the second.
   */
  static void passOver(StageState state) {
    if (state.stepTotal > 0 && state.base.isEmpty() && !state.isScratch()) {
      state.stepIndex++;
    }
  }

  private static String place(StageState state, boolean withPlatform) {
    int width = Integer.toString(state.stepTotal).length();
    String name = state.displayName.isEmpty() ? "" : state.displayName + " ";
    return "["
        + (withPlatform ? platform(state) : "")
        + name
        + String.format("%" + width + "d/%d] ", state.stepIndex, state.stepTotal);
  }

  /** Shown if there are several: {@code linux/amd64} or, across, {@code linux/amd64->arm64}. */
  private static String platform(StageState state) {
    if (!state.showPlatform || state.platform.isEmpty()) {
      return "";
    }
    Platform runs = state.platform.get();
    Platform wanted = wanted(state, runs).normalised();
    if (!wanted.os().equals(runs.os())) {
      return runs.formatAll() + "->" + wanted.formatAll() + " ";
    }
    if (!wanted.architecture().equals(runs.architecture())) {
      return runs.formatAll()
          + "->"
          + wanted.architecture()
          + wanted.variant().map(v -> "/" + v).orElse("")
          + " ";
    }
    return runs.formatAll() + " ";
  }

  /** What the stage builds for, if its arguments tell. */
  private static Platform wanted(StageState state, Platform runs) {
    Optional<String> whole = variable(state, "TARGETPLATFORM");
    if (whole.isPresent()) {
      try {
        return Platform.parse(whole.get());
      } catch (IllegalArgumentException e) {
        // Only a name: the parts may tell.
        return ofParts(state, runs);
      }
    }
    return ofParts(state, runs);
  }

  private static Platform ofParts(StageState state, Platform runs) {
    return new Platform(
        variable(state, "TARGETOS").orElse(runs.os()),
        variable(state, "TARGETARCH").orElse(runs.architecture()),
        variable(state, "TARGETVARIANT"),
        "",
        List.of());
  }

  private static Optional<String> variable(StageState state, String name) {
    return state.env.get(name).filter(value -> !value.isEmpty());
  }

  /** An instruction with its variables expanded and its quotes gone. */
  static String words(Expander expander, Origin origin, StageState state) {
    return shown(expander, origin.text(), state.env, Style.WORD);
  }

  /** A text as it is shown; one that cannot be expanded is shown as it is. */
  static String shown(Expander expander, String text, Variables variables, Style style) {
    String expanded;
    try {
      expanded = expander.expand(text, variables, style).text();
    } catch (DockerfileException e) {
      // Only a name: what is wrong with the instruction itself is told elsewhere.
      expanded = text;
    }
    int end = expanded.indexOf(' ');
    return end < 0
        ? expanded.toUpperCase(Locale.ROOT)
        : expanded.substring(0, end).toUpperCase(Locale.ROOT) + expanded.substring(end);
  }
}
