package dev.obdbuild.pusher;

/** What the layers of an image are. */
public enum World {
  /** Block layers; the documents are OCI's. */
  OVERLAYBD,
  /** Tar archives; the documents are OCI's. */
  ORDINARY,
  /** Tar archives; the documents are of Docker's media types. */
  DOCKER
}
