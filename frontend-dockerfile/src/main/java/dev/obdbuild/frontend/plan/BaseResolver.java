package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Suggestion;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.json.GoQuote;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Resolves the base images of stages, each name once and all at the same time. */
final class BaseResolver {
  private static final List<String> COMMON =
      List.of("alpine", "busybox", "centos", "debian", "golang", "ubuntu", "fedora");

  private final BuildConfig config;
  private final Sources sources;
  private final StageTable table;
  private final NamedContexts contexts;
  private final Checks checks;
  private final Map<Key, Future<Base>> running = new HashMap<>();

  private record Key(Reference reference, Platform platform) {}

  /** What a stage starts from. */
  private sealed interface Base {
    record Image(ResolvedImage image) implements Base {}

    record Context(NamedContext.Loaded context) implements Base {}
  }

  BaseResolver(
      BuildConfig config,
      Sources sources,
      StageTable table,
      NamedContexts contexts,
      Checks checks) {
    this.checks = checks;
    this.config = config;
    this.sources = sources;
    this.table = table;
    this.contexts = contexts;
  }

  /** Resolves those stages that start from an image or a context and are not resolved yet. */
  void resolve(Collection<StageState> states) throws IOException {
    Map<StageState, Future<Base>> open = new LinkedHashMap<>();
    // Threads that only wait for a registry.
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (StageState state : states) {
          if (!state.resolved && state.base.isEmpty()) {
            state.resolved = true;
            if (state.isScratch()) {
              state.draft = ImageDraft.scratch(config.targetPlatform());
              state.platform = Optional.of(config.targetPlatform());
            } else {
              open.put(state, start(state, executor));
            }
          }
        }
        for (Map.Entry<StageState, Future<Base>> one : open.entrySet()) {
          switch (await(one.getKey(), one.getValue())) {
            case Base.Image(ResolvedImage image) -> apply(one.getKey(), image);
            case Base.Context(NamedContext.Loaded context) -> apply(one.getKey(), context);
          }
        }
      } catch (IOException | RuntimeException e) {
        executor.shutdownNow();
        throw e;
      }
    }
  }

  private Future<Base> start(StageState state, ExecutorService executor)
      throws DockerfileException {
    Key key = key(state);
    Optional<NamedContext> context =
        state.replacement.isPresent()
            ? state.replacement
            : contexts.find(key.reference.canonical(), Optional.of(key.platform));
    if (context.isPresent()) {
      return executor.submit(() -> new Base.Context(loaded(context.get())));
    }
    return running.computeIfAbsent(
        key, k -> executor.submit(() -> new Base.Image(sources.resolveImage(query(k)))));
  }

  /** What is wrong with a context is not told as if the image that it replaces were missing. */
  private NamedContext.Loaded loaded(NamedContext context) throws IOException {
    try {
      return context.load(sources);
    } catch (IOException e) {
      throw DockerfileException.ofSource("", e);
    }
  }

  private ImageQuery query(Key key) {
    String place = config.multiPlatform() ? key.platform.format() + " internal" : "internal";
    return new ImageQuery(
        key.reference,
        key.platform,
        new ImageQuery.InRegistry(config.resolveMode()),
        "[" + place + "] load metadata for " + key.reference.canonical());
  }

  private Key key(StageState state) throws DockerfileException {
    return new Key(reference(state), state.platform.orElse(config.targetPlatform()));
  }

  /** The base as an image's name. Also stages that are never built must have a right one. */
  static Reference reference(StageState state) throws DockerfileException {
    try {
      return Reference.parse(state.baseName);
    } catch (IllegalArgumentException e) {
      throw DockerfileException.of(
              "failed to parse stage name " + GoQuote.quote(state.baseName) + ": " + e.getMessage(),
              e)
          .at(state.lines);
    }
  }

  private Base await(StageState state, Future<Base> base) throws IOException {
    Key key = key(state);
    try {
      return base.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("interrupted while resolving " + key.reference).initCause(e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof InterruptedIOException || Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted while resolving " + key.reference);
      }
      if (cause instanceof DockerfileException known) {
        throw known.at(state.lines);
      }
      if (cause instanceof IOException) {
        throw notFound(state, key.reference, cause);
      }
      throw new IllegalStateException("resolving " + key.reference + " failed", cause);
    }
  }

  private DockerfileException notFound(StageState state, Reference reference, Throwable cause) {
    List<String> known = new ArrayList<>(table.names());
    for (String name : COMMON) {
      known.add(name);
      known.add(name + ":latest");
    }
    String message =
        state.baseName
            + ": failed to resolve source metadata for "
            + reference.canonical()
            + ": "
            + cause.getMessage();
    return DockerfileException.of(Suggestion.append(message, state.baseName, known, true), cause)
        .at(state.lines);
  }

  private void apply(StageState state, ResolvedImage image) {
    ImageConfig base = known(image.config());
    Platform platform = state.platform.orElse(config.targetPlatform());
    state.platform = Optional.of(platform);
    state.baseImage = Optional.of(base);
    state.draft = new ImageDraft(base.withCreated(Optional.empty()));
    boolean empty =
        base.diffIds().isEmpty() && base.history().stream().allMatch(h -> h.emptyLayer());
    state.image =
        empty
            ? Optional.empty()
            : Optional.of(image.reference().withDigest(image.digest()).canonical());
    if (state.image.isPresent()) {
      // Triggers are not counted here yet.
      state.fromName = StepNames.from(state, state.image.get());
      checkPlatform(state, base.platform(), platform);
    }
  }

  /** A config with only the keys that Dockerfiles know of. */
  private static ImageConfig known(ImageConfig config) {
    return new ImageDraft(config).config().withCreated(config.created());
  }

  private void checkPlatform(StageState state, Platform image, Platform wanted) {
    if (!image.os().equals(wanted.os()) || !image.architecture().equals(wanted.architecture())) {
      checks.warn(
          Rule.INVALID_BASE_IMAGE_PLATFORM,
          "Base image "
              + state.baseName
              + " was pulled with platform "
              + GoQuote.quote(shown(image))
              + ", expected "
              + GoQuote.quote(shown(wanted))
              + " for current build",
          state.lines);
    }
  }

  /** A platform without the parts that it lacks. */
  private static String shown(Platform platform) {
    String text = platform.normalised().formatAll();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** A context that is no image of its own is like an empty one with files. */
  private void apply(StageState state, NamedContext.Loaded context) {
    state.tree = Optional.of(context.tree());
    Optional<ImageConfig> image = context.image();
    if (state.replacement.isPresent()) {
      ImageConfig own = image.orElseGet(() -> ImageConfig.empty(config.targetPlatform()));
      state.draft = new ImageDraft(own.withCreated(Optional.empty()));
      state.draft.onBuild = new ArrayList<>();
      state.platform = Optional.of(state.draft.platform);
      state.evaluated = true;
      return;
    }
    Platform platform = state.platform.orElse(config.targetPlatform());
    ImageConfig base = image.orElseGet(() -> ImageDraft.scratch(platform).config());
    state.platform = Optional.of(platform);
    state.baseImage = Optional.of(base);
    state.draft = new ImageDraft(base.withCreated(Optional.empty()));
  }
}
