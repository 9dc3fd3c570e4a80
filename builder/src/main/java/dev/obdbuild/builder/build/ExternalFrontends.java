package dev.obdbuild.builder.build;

import java.io.IOException;

/** Runs frontends that come as images. Thread-safe. */
@FunctionalInterface
public interface ExternalFrontends {

  /** Name of the frontend that runs others. */
  String NAME = "gateway.v0";

  /**
   * Runs the image that the request's option {@code source} names, and takes what it returns.
   *
   * @param asker on whose behalf the frontend's image and all that it asks for is looked up
   * @throws IOException when it cannot be run or its build fails
   */
  BuildResult run(Build build, FrontendRequest request, Asker asker) throws IOException;
}
