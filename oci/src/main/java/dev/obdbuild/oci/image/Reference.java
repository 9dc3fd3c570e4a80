package dev.obdbuild.oci.image;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an image. Docker's short names are understood: {@code busybox} is {@code
 * docker.io/library/busybox:latest}.
 *
 * @param registry {@code host[:port]}; {@code docker.io} for the hub
 * @param repository path on the registry
 */
public record Reference(
    String registry, String repository, Optional<String> tag, Optional<Digest> digest) {
  private static final String HUB = "docker.io";
  private static final String LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
  private static final String HOST =
      "(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?";
  private static final String PATH_PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
  private static final Pattern REFERENCE =
      Pattern.compile(
          "((?:"
              + HOST
              + "/)?"
              + PATH_PART
              + "(?:/"
              + PATH_PART
              + ")*)(?::([\\w][\\w.-]{0,127}))?"
              + "(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?");
  private static final Pattern HEX_ID = Pattern.compile("[a-f0-9]{64}");
  private static final int MAX_NAME = 255;

  /** More than any reference has. What is longer never meets the pattern, which recurs by parts. */
  private static final int MAX_TEXT = 1024;

  /**
   * The reference that {@code text} spells; one without tag and digest gets the tag {@code latest}.
   *
   * @throws IllegalArgumentException if it spells none, in docker's words
   */
  public static Reference parse(String text) {
    Reference reference = parseName(text);
    return reference.tag.isEmpty() && reference.digest.isEmpty()
        ? reference.withTag("latest")
        : reference;
  }

  /** Like {@link #parse}, but without the default tag. */
  public static Reference parseName(String text) {
    if (HEX_ID.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "invalid repository name (" + text + "), cannot specify 64-byte hexadecimal strings");
    }
    String registry = HUB;
    String rest = text;
    int slash = text.indexOf('/');
    if (slash >= 0 && isHost(text.substring(0, slash))) {
      registry = text.substring(0, slash);
      rest = text.substring(slash + 1);
    }
    if (registry.equals("index.docker.io")) {
      registry = HUB;
    }
    if (registry.equals(HUB) && rest.indexOf('/') < 0) {
      rest = "library/" + rest;
    }
    String path = rest.split("[:@]", 2)[0];
    if (!path.equals(path.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "invalid reference format: repository name (" + path + ") must be lowercase");
    }
    return match(registry, registry + "/" + rest);
  }

  private static Reference match(String registry, String full) {
    if (full.length() > MAX_TEXT) {
      throw new IllegalArgumentException(
          "invalid reference format: " + full.length() + " characters");
    }
    Matcher matcher = REFERENCE.matcher(full);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("invalid reference format");
    }
    String name = matcher.group(1);
    if (name.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          "repository name must not be more than " + MAX_NAME + " characters");
    }
    String digest = matcher.group(3);
    return new Reference(
        registry,
        name.substring(registry.length() + 1),
        Optional.ofNullable(matcher.group(2)),
        digest == null ? Optional.empty() : Optional.of(digest(digest)));
  }

  private static Digest digest(String text) {
    String algorithm = text.substring(0, text.indexOf(':'));
    if (!algorithm.equals("sha256") && !algorithm.equals("sha384") && !algorithm.equals("sha512")) {
      throw new IllegalArgumentException("unsupported digest algorithm");
    }
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("invalid checksum digest length", e);
    }
  }

  /**
   * A first path part is a host if it has a dot or a port, is {@code localhost}, or has an
   * upper-case letter.
   */
  private static boolean isHost(String part) {
    return part.indexOf('.') >= 0
        || part.indexOf(':') >= 0
        || part.equals("localhost")
        || !part.equals(part.toLowerCase(Locale.ROOT));
  }

  /** Where the image lives. */
  public Repository where() {
    return new Repository(registry, repository);
  }

  /** This reference with the given tag instead of its own. */
  public Reference withTag(String changed) {
    return new Reference(registry, repository, Optional.of(changed), digest);
  }

  /** This reference pinned to {@code changed}. */
  public Reference withDigest(Digest changed) {
    return new Reference(registry, repository, tag, Optional.of(changed));
  }

  /** The digest if there is one, else the tag: what a registry is asked for. */
  public String tagOrDigest() {
    return digest.map(Digest::toString).or(() -> tag).orElse("latest");
  }

  /** As docker prints it in full: {@code docker.io/library/busybox:latest}. */
  public String canonical() {
    return registry + "/" + repository + suffix();
  }

  /** As docker prints it in short: {@code busybox:latest}. */
  public String familiar() {
    if (!registry.equals(HUB)) {
      return canonical();
    }
    String prefix = "library/";
    boolean official =
        repository.startsWith(prefix) && repository.indexOf('/', prefix.length()) < 0;
    return (official ? repository.substring(prefix.length()) : repository) + suffix();
  }

  private String suffix() {
    return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }

  /** {@link #canonical}. */
  @Override
  public String toString() {
    return canonical();
  }
}
