package dev.obdbuild.builder.usage;

/** Kinds of things below the state folder, with the names that BuildKit's clients know. */
public enum UsageKind {
  /** The result of a step. */
  STEP("regular", false),
  /** A layer of a base image. */
  BASE("regular", false),
  /** A download by http. */
  DOWNLOAD("regular", false),
  /** The folder of a cache mount. */
  CACHE_MOUNT("exec.cachemount", true),
  /** A folder of a client, kept for the next transfer. */
  LOCAL("source.local", true),
  /** Objects of a git repository. */
  GIT("source.git.checkout", true),
  /** What makes other things fast and is always made again. */
  INTERNAL("internal", true);

  private final String type;
  private final boolean mutable;

  UsageKind(String type, boolean mutable) {
    this.type = type;
    this.mutable = mutable;
  }

  /** BuildKit's record type. */
  public String type() {
    return type;
  }

  /** Whether such a thing changes while it is used. */
  public boolean mutable() {
    return mutable;
  }
}
