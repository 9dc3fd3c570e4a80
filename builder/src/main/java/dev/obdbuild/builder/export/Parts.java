package dev.obdbuild.builder.export;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.build.Ref;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.snapshots.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Carries a result out: all its platforms at the same time. */
final class Parts {

  private static final String PLATFORMS = "refs.platforms";

  private Parts() {}

  /** How one ref becomes a snapshot. */
  @FunctionalInterface
  interface Solving {
    Snapshot snapshot(Ref ref) throws IOException;
  }

  /**
   * The parts of a result, in the order in which it names its platforms.
   *
   * @throws IOException the first failure; the others have ended then
   */
  static List<SolvedPart> solve(Build build, BuildResult result, Solving solving)
      throws IOException {
    Map<String, Platform> platforms = platforms(result);
    if (result.refs().isEmpty()) {
      Optional<Platform> named = platforms.values().stream().findFirst();
      Snapshot made =
          result.ref().isPresent()
              ? solving.snapshot(result.ref().get())
              : build.engine().snapshots().scratch();
      return List.of(SolvedPart.of(result, "", result.ref(), named, made));
    }
    List<String> keys = new ArrayList<>(platforms.keySet());
    keys.retainAll(result.refs().keySet());
    result.refs().keySet().stream().filter(key -> !keys.contains(key)).forEach(keys::add);
    List<Future<Snapshot>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String key : keys) {
        Ref ref = Objects.requireNonNull(result.refs().get(key));
        running.add(threads.submit(() -> solving.snapshot(ref)));
      }
    }
    List<SolvedPart> parts = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      Optional<Ref> ref = Optional.ofNullable(result.refs().get(key));
      Optional<Platform> named = Optional.ofNullable(platforms.get(key));
      parts.add(SolvedPart.of(result, key, ref, named, done(running.get(i))));
    }
    return parts;
  }

  private static Snapshot done(Future<Snapshot> future) throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The platforms that the result names, by their keys, in its order. */
  private static Map<String, Platform> platforms(BuildResult result) throws IOException {
    byte[] json = result.metadata().get(PLATFORMS);
    Map<String, Platform> platforms = new LinkedHashMap<>();
    if (json == null) {
      return platforms;
    }
    for (JsonReader entry : JsonReader.parse(json, PLATFORMS).objects("Platforms")) {
      JsonReader platform =
          entry.object("Platform").orElseThrow(() -> entry.malformed("no Platform"));
      platforms.put(
          entry.requiredString("ID"),
          new Platform(
              platform.string("os"),
              platform.string("architecture"),
              platform.optionalString("variant").filter(text -> !text.isEmpty()),
              platform.string("os.version"),
              platform.strings("os.features")));
    }
    return platforms;
  }
}
