package dev.obdbuild.builder;

/** The release of BuildKit whose interface, frontend and documents this program has. */
public final class BuildKitRelease {

  /** Clients choose features by it. */
  public static final String VERSION = "v0.32.2";

  /** Of the frontend for Dockerfiles. */
  public static final String DOCKERFILE = "1.26.0";

  /** What BuildKit calls the compatibility version of results: the newest. */
  public static final int COMPATIBILITY = 30;

  private BuildKitRelease() {}
}
