package dev.obdbuild.worker;

import dev.obdbuild.llb.SourceOp;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What the sources of one build stood for when it used them. Thread-safe. */
public final class ResolvedSources {

  private final Map<SourceOp, String> pins = new ConcurrentHashMap<>();

  ResolvedSources() {}

  void put(SourceOp source, String pin) {
    pins.put(source, pin);
  }

  /**
   * What a source stood for: digest of an image or of a file, name of a commit. Empty for folders,
   * and for what was not looked at.
   */
  public Optional<String> pin(SourceOp source) {
    return Optional.ofNullable(pins.get(source));
  }
}
