package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import java.util.Optional;

/** The contexts that the user named, by what they replace. */
final class NamedContexts {
  private static final String TAG = ":latest";

  private final BuildConfig config;
  private final InputTrees inputs;

  NamedContexts(BuildConfig config, InputTrees inputs) {
    this.config = config;
    this.inputs = inputs;
  }

  /**
   * The context for a stage or an image; one for the very platform goes first.
   *
   * @param platform that the stage is for, empty for the build's
   */
  Optional<NamedContext> find(String name, Optional<Platform> platform) throws DockerfileException {
    if (name.equalsIgnoreCase(StageState.SCRATCH) || name.equalsIgnoreCase(MainContext.LOCAL)) {
      return Optional.empty();
    }
    String familiar = familiar(name);
    Platform wanted = platform.orElse(config.targetPlatform());
    String exact =
        familiar + "::" + platform.or(config::platform).orElseGet(Platform::host).normalised();
    return at(familiar, exact, wanted).or(() -> at(familiar, familiar, wanted));
  }

  private static String familiar(String name) throws DockerfileException {
    try {
      String familiar = Reference.parseName(name).familiar();
      return familiar.endsWith(TAG)
          ? familiar.substring(0, familiar.length() - TAG.length())
          : familiar;
    } catch (IllegalArgumentException e) {
      throw DockerfileException.of("invalid context name " + name + ": " + e.getMessage(), e);
    }
  }

  private Optional<NamedContext> at(String name, String key, Platform wanted) {
    return Optional.ofNullable(config.contexts().named().get(key))
        .map(value -> new NamedContext(name, key, value, wanted, config, inputs));
  }
}
