package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.SourceText;
import dev.obdbuild.frontend.Warning;
import dev.obdbuild.llb.Graph;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a frontend makes of a request. */
public sealed interface FrontendResult {

  /**
   * Something to build.
   *
   * @param plans one per platform, in the order they were asked for, never empty; only the first
   *     has warnings
   * @param multiPlatform whether the result is one image per platform, even if there is only one
   * @param definition where the Dockerfile was read from; its result is the step that warnings
   *     belong to
   */
  record Built(List<BuildPlan> plans, boolean multiPlatform, Graph definition)
      implements FrontendResult {
    public Built {
      plans = List.copyOf(plans);
    }
  }

  /**
   * An answer to a question about the Dockerfile; nothing is built.
   *
   * @param metadata of the result: {@code result.json}, {@code result.txt}, {@code version} and so
   *     on
   * @param warnings what looks wrong in the file, if the answer needed its stages and does not tell
   *     it itself
   * @param definition where the Dockerfile was read from
   */
  record Answered(SortedMap<String, byte[]> metadata, List<Warning> warnings, Graph definition)
      implements FrontendResult {
    public Answered {
      warnings = List.copyOf(warnings);
      metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    }
  }

  /**
   * A file for another frontend, an image that is to be run with the same options and inputs and
   * with {@code source} and {@code cmdline} added to the options.
   *
   * @param source the image
   * @param cmdline the image with what follows it
   * @param place where the file asks for it; empty if an option does
   */
  record Forwarded(String source, String cmdline, SourceText file, Optional<Lines> place)
      implements FrontendResult {

    /** The failure of the other frontend, with its place if it is the file that asked for it. */
    public DockerfileException failed(Throwable cause) {
      String message = String.valueOf(cause.getMessage());
      return place.isPresent()
          ? DockerfileException.of(message, cause).at(place.get()).in(file)
          : DockerfileException.of(
              "failed with build-arg:BUILDKIT_SYNTAX = " + cmdline + ": " + message, cause);
    }
  }
}
