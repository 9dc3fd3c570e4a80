package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.Graph;
import java.util.Map;
import java.util.Optional;

/**
 * What the options say of where files come from.
 *
 * @param reference the main context as a URL; empty for the client's folder
 * @param subdirectory of a context that is not the client's folder
 * @param dockerfileFolder the client's folder that holds the Dockerfile, even if the context is
 *     none of its folders
 * @param named contexts by name, some with {@code ::platform} behind it
 * @param sharedKeys of named contexts that are folders
 * @param inputMetadata of inputs, JSON
 * @param sessions of folders that are held by another client than {@code sessionId}
 */
record ContextOptions(
    String reference,
    Optional<String> subdirectory,
    Optional<String> dockerfileFolder,
    Map<String, String> named,
    Map<String, String> sharedKeys,
    Map<String, String> inputMetadata,
    Map<String, Graph> inputs,
    String sessionId,
    Map<String, String> sessions) {

  ContextOptions {
    named = Map.copyOf(named);
    sharedKeys = Map.copyOf(sharedKeys);
    inputMetadata = Map.copyOf(inputMetadata);
    inputs = Map.copyOf(inputs);
    sessions = Map.copyOf(sessions);
  }

  /** The session of whoever holds a folder. */
  String sessionOf(String folder) {
    return sessions.getOrDefault(folder, sessionId);
  }
}
