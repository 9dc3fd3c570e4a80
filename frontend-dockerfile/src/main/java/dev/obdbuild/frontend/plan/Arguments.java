package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.parse.Dockerfile;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.subrequest.Outline;
import dev.obdbuild.oci.image.Platform;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Build arguments as FROM lines see them.
 *
 * @param globals automatic ones and those declared before the first FROM
 * @param declared what the file says of those it declares
 * @param given those from outside, which win
 */
record Arguments(
    EnvList globals,
    Map<String, String> given,
    Optional<Instant> epoch,
    Map<String, StageOutline.Declared> declared) {
  static Arguments of(Dockerfile file, BuildConfig config, Expander expander)
      throws DockerfileException {
    EnvList globals = automatic(file, config);
    Map<String, StageOutline.Declared> declared =
        declare(file, globals, new TreeMap<>(config.buildArgs()), expander);
    return new Arguments(globals, new TreeMap<>(config.buildArgs()), Optional.empty(), declared);
  }

  /** What FROM lines would see if no build argument were given. */
  static EnvList defaults(Dockerfile file, BuildConfig config, Expander expander)
      throws DockerfileException {
    EnvList globals = automatic(file, config);
    declare(file, globals, Map.of(), expander);
    return globals;
  }

  /** Sets the arguments that the file declares. */
  private static Map<String, StageOutline.Declared> declare(
      Dockerfile file, EnvList globals, Map<String, String> given, Expander expander)
      throws DockerfileException {
    Map<String, StageOutline.Declared> declared = new LinkedHashMap<>();
    for (Instruction.Arg instruction : file.arguments()) {
      for (Instruction.Argument argument : instruction.arguments()) {
        Optional<String> value = Optional.ofNullable(given.get(argument.name()));
        Recorder used = new Recorder(globals);
        if (value.isEmpty() && argument.value().isPresent()) {
          try {
            value = Optional.of(expander.word(argument.value().get(), used));
          } catch (DockerfileException e) {
            throw e.at(instruction.origin().lines());
          }
        }
        value.ifPresent(v -> globals.set(argument.name(), v));
        declared.merge(
            argument.name(),
            new StageOutline.Declared(
                new Outline.Argument(
                    argument.name(),
                    DocComment.of(instruction.origin().comments(), argument.name()),
                    value.orElse(""),
                    instruction.origin().lines()),
                Set.copyOf(used.found())),
            Arguments::later);
      }
    }
    return declared;
  }

  /** Of an argument that is made from its own old value, what that was made from counts too. */
  private static StageOutline.Declared later(
      StageOutline.Declared old, StageOutline.Declared late) {
    if (!late.needs().contains(late.argument().name())) {
      return late;
    }
    Set<String> needs = new TreeSet<>(old.needs());
    needs.addAll(late.needs());
    return new StageOutline.Declared(late.argument(), needs);
  }

  private static EnvList automatic(Dockerfile file, BuildConfig config) {
    EnvList globals = new EnvList();
    platform(globals, "BUILD", config.worker());
    platform(globals, "TARGET", config.targetPlatform());
    String target = config.target().isEmpty() ? file.stages().getLast().name() : config.target();
    globals.set("TARGETSTAGE", target.isEmpty() ? "default" : target);
    config
        .buildArgs()
        .forEach(
            (name, value) -> {
              if (globals.get(name).isPresent()) {
                globals.set(name, value);
              }
            });
    return globals;
  }

  private static void platform(EnvList globals, String prefix, Platform platform) {
    globals.set(prefix + "PLATFORM", platform.formatAll());
    globals.set(prefix + "OS", platform.os());
    globals.set(prefix + "OSVERSION", platform.osVersion());
    globals.set(prefix + "ARCH", platform.architecture());
    globals.set(prefix + "VARIANT", platform.variant().orElse(""));
  }

  /** What the user or the file says of the time that everything is dated at; empty for nothing. */
  Optional<String> epochText() {
    return Optional.ofNullable(given.get(EpochSource.NAME))
        .or(() -> globals.get(EpochSource.NAME).filter(text -> !text.isEmpty()));
  }

  /** These with the time in the place of what was said of it; without one nothing was said. */
  Arguments withEpoch(Optional<Instant> time) {
    Optional<String> text = time.map(at -> Long.toString(at.getEpochSecond()));
    if (text.isEmpty()) {
      given.remove(EpochSource.NAME);
      globals.remove(EpochSource.NAME);
    } else {
      given.computeIfPresent(EpochSource.NAME, (name, old) -> text.get());
      if (globals.get(EpochSource.NAME).isPresent()) {
        globals.set(EpochSource.NAME, text.get());
      }
    }
    return new Arguments(globals, given, time, declared);
  }
}
