package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.ignore.UnixPath;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.GoQuote;

/**
 * How the operating system of an image writes paths. Graphs have slashes everywhere and no drives;
 * a Windows image has but one, {@code C:}, which is left out.
 */
enum PathStyle {
  UNIX,
  WINDOWS;

  static PathStyle of(Platform platform) {
    return platform.os().equals("windows") ? WINDOWS : UNIX;
  }

  /** {@code path} with slashes. */
  String slashed(String path) {
    return this == WINDOWS ? path.replace('\\', '/') : path;
  }

  /** {@code path} with the system's own separators. */
  String separated(String path) {
    return this == WINDOWS ? path.replace('/', '\\') : path;
  }

  /** Whether {@code path} starts at the root of the drive; a path of another drive does not. */
  boolean isAbsolute(String path) {
    if (this == UNIX) {
      return path.startsWith("/");
    }
    try {
      return withoutDrive(path, false).startsWith("/");
    } catch (DockerfileException e) {
      return false;
    }
  }

  /**
   * {@code path} with slashes and without its drive; on Windows cleaned, too.
   *
   * @param keepSlash whether a slash at the end stays
   * @throws DockerfileException if it is on another drive or no path on a drive at all
   */
  String withoutDrive(String path, boolean keepSlash) throws DockerfileException {
    if (this == UNIX) {
      return path;
    }
    if (path.length() == 2 && path.endsWith(":")) {
      throw wrong("No relative path specified in " + GoQuote.quote(path));
    }
    if (slashed(path).startsWith("//")) {
      throw wrong("UNC paths are not supported");
    }
    int colon = path.indexOf(':');
    if (colon >= 0 && !path.substring(0, colon).equalsIgnoreCase("c")) {
      throw wrong("The specified path is not on the system drive (C:)");
    }
    String rest = slashed(path.substring(colon + 1));
    String clean = UnixPath.clean(rest);
    return keepSlash && clean.length() > 1 && rest.endsWith("/") ? clean + "/" : clean;
  }

  private static DockerfileException wrong(String what) {
    return new DockerfileException("removing drive letter: " + what);
  }

  /**
   * {@code path} as a path from the root with slashes. On Unix one that is absolute stays as it is
   * written.
   *
   * @param directory what a relative path starts from; empty for the root
   * @param keepSlash whether {@code /} or {@code /.} at the end stays
   */
  String absolute(String directory, String path, boolean keepSlash) throws DockerfileException {
    String from = withoutDrive(directory.isEmpty() ? "/" : slashed(directory), keepSlash);
    if (!isAbsolute(from)) {
      from = UnixPath.join("/", from);
    }
    String written = slashed(path);
    String to = withoutDrive(written.isEmpty() ? from : written, keepSlash);
    if (!isAbsolute(to)) {
      to = UnixPath.join(from, to);
    }
    return keepSlash ? ending(to, written) : to;
  }

  /** {@code path} with what {@code written} ends in: a slash, or a slash and a dot. */
  static String ending(String path, String written) {
    String slash = path.endsWith("/") ? "" : "/";
    if (written.endsWith("/")) {
      return path + slash;
    }
    return written.endsWith("/.") ? path + (path.equals("/") ? "" : "/") + "." : path;
  }
}
