package dev.obdbuild.llb;

/** Names of the options of a {@link SourceOp}, as they stand on the wire. */
public final class SourceAttr {
  public static final String LOCAL_SESSION = "local.session";
  public static final String LOCAL_SHARED_KEY_HINT = "local.sharedkeyhint";
  public static final String LOCAL_UNIQUE = "local.unique";

  /** {@code metadata} or {@code none}: how files that have not changed are told. */
  public static final String LOCAL_DIFFER = "local.differ";

  /** Whether a list of the files is transferred instead of the files. */
  public static final String LOCAL_METADATA_TRANSFER = "local.metadatatransfer";

  /** JSON list of patterns of those that are transferred all the same. */
  public static final String LOCAL_METADATA_TRANSFER_EXCLUDE = "local.metadatatransferexclude";

  /** JSON list of paths; only these are transferred, symlinks followed. */
  public static final String LOCAL_FOLLOW_PATHS = "local.followpaths";

  /** JSON list of patterns. */
  public static final String LOCAL_INCLUDE_PATTERNS = "local.includepattern";

  /** JSON list of the lines of an ignore file, in order. */
  public static final String LOCAL_EXCLUDE_PATTERNS = "local.excludepatterns";

  public static final String IMAGE_RESOLVE_MODE = "image.resolvemode";

  public static final String IMAGE_RECORD_TYPE = "image.recordtype";
  public static final String IMAGE_LAYER_LIMIT = "image.layerlimit";
  public static final String IMAGE_CHECKSUM = "image.checksum";

  public static final String OCI_SESSION = "oci.session";
  public static final String OCI_STORE = "oci.store";
  public static final String OCI_LAYER_LIMIT = "oci.layerlimit";

  public static final String HTTP_CHECKSUM = "http.checksum";
  public static final String HTTP_FILENAME = "http.filename";
  public static final String HTTP_PERM = "http.perm";
  public static final String HTTP_UID = "http.uid";
  public static final String HTTP_GID = "http.gid";

  /** Name of the secret that is sent as the Authorization header. */
  public static final String HTTP_AUTH_HEADER_SECRET = "http.authheadersecret";

  /** Start of the names of headers to send. */
  public static final String HTTP_HEADER_PREFIX = "http.header.";

  /** Certificates in armour, one of which must have signed the file. */
  public static final String HTTP_SIG_PUBKEY = "http.sig.pubkey";

  /** The detached signature in armour. */
  public static final String HTTP_SIG_SIGNATURE = "http.sig.signature";

  /** The remote as the user wrote it. */
  public static final String GIT_FULL_URL = "git.fullurl";

  public static final String GIT_KEEP_DIR = "git.keepgitdir";
  public static final String GIT_CHECKSUM = "git.checksum";
  public static final String GIT_SKIP_SUBMODULES = "git.skipsubmodules";

  /** {@code checkout} or {@code commit}. */
  public static final String GIT_MTIME = "git.mtime";

  public static final String GIT_FETCH_BY_COMMIT = "git.fetchbycommit";
  public static final String GIT_AUTH_HEADER_SECRET = "git.authheadersecret";
  public static final String GIT_AUTH_TOKEN_SECRET = "git.authtokensecret";
  public static final String GIT_KNOWN_SSH_HOSTS = "git.knownsshhosts";

  /** Id of the SSH agent to use. */
  public static final String GIT_MOUNT_SSH_SOCK = "git.mountsshsock";

  /** A blob, as the identifier of a blob source, that is fetched from instead of the remote. */
  public static final String GIT_BUNDLE = "git.bundle";

  /** Whether a bundle is wanted instead of files. */
  public static final String GIT_CHECKOUT_BUNDLE = "git.checkoutbundle";

  /** Start of the names of what is said of signatures. */
  public static final String GIT_SIG_PREFIX = "git.sig.";

  /** Certificates in armour or a key of SSH, one of which must have signed commit or tag. */
  public static final String GIT_SIG_PUBKEY = "git.sig.pubkey";

  /** Whether a key must not have expired since. */
  public static final String GIT_SIG_REJECT_EXPIRED = "git.sig.rejectexpired";

  /** Whether the tag must be signed: a signed commit is not enough. */
  public static final String GIT_SIG_REQUIRE_SIGNED_TAG = "git.sig.requiresignedtag";

  /** Whether the commit must be signed, whatever the tag is. */
  public static final String GIT_SIG_IGNORE_SIGNED_TAG = "git.sig.ignoresignedtag";

  private SourceAttr() {}
}
