package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.Node;
import java.io.IOException;
import java.util.Optional;

/** The files of a build, found. The plans of all platforms share them. */
record BuildInput(Definition definition, MainContext context) {

  static BuildInput load(BuildConfig config, Sources sources) throws IOException {
    ContextOptions options = config.contexts();
    Optional<Node.Out> tree = Optional.empty();
    Definition definition = Definition.load(config.filename(), tree, options, sources);
    return new BuildInput(
        definition,
        new MainContext(
            Optional.empty(), options.sessionOf(MainContext.LOCAL), definition, sources));
  }
}
