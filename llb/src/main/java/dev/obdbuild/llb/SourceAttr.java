package dev.obdbuild.llb;

/** Names of the options of a {@link SourceOp}, as they stand on the wire. */
public final class SourceAttr {
  public static final String LOCAL_SESSION = "local.session";
  public static final String LOCAL_SHARED_KEY_HINT = "local.sharedkeyhint";
  public static final String LOCAL_UNIQUE = "local.unique";
  public static final String LOCAL_DIFFER = "local.differ";

  /** JSON list of paths; only these are transferred, symlinks followed. */
  public static final String LOCAL_FOLLOW_PATHS = "local.followpaths";

  /** JSON list of patterns. */
  public static final String LOCAL_INCLUDE_PATTERNS = "local.includepattern";

  /** JSON list of the lines of an ignore file, in order. */
  public static final String LOCAL_EXCLUDE_PATTERNS = "local.excludepatterns";

  public static final String IMAGE_RESOLVE_MODE = "image.resolvemode";

  private SourceAttr() {}
}
