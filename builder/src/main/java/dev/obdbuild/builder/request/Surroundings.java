package dev.obdbuild.builder.request;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/**
 * The process that a build is asked for in.
 *
 * @param in standard input; read only by builds that name it
 * @param out standard output
 * @param isTerminal whether {@code out} is a terminal, which is no place for an archive
 */
public record Surroundings(
    InputStream in, OutputStream out, boolean isTerminal, Map<String, String> environment) {

  public Surroundings {
    environment = Map.copyOf(environment);
  }
}
