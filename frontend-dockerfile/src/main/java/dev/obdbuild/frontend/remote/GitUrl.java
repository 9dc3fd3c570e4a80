package dev.obdbuild.frontend.remote;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of a repository, taken apart. {@code user@host:path} is ssh.
 *
 * @param remote what git is called with
 * @param host with port, without user
 * @param query undecoded, empty for none
 * @param fragment {@code ref[:folder]}, empty for none
 */
record GitUrl(
    String scheme, String host, String path, String remote, String query, String fragment) {
  private static final Set<String> SCHEMES = Set.of("http", "https", "ssh", "git");
  private static final Pattern SCHEME = Pattern.compile("([a-zA-Z0-9]+)://.*", Pattern.DOTALL);
  private static final Pattern SCP =
      Pattern.compile("([a-zA-Z0-9-_]+)@([a-zA-Z0-9-.]+):([^?#]*?)(?:\\?(.*?))?(?:#(.*))?");

  /** Empty if {@code text} is the address of no repository that git could know. */
  static Optional<GitUrl> parse(String text) {
    Matcher scheme = SCHEME.matcher(text);
    if (scheme.matches()) {
      return SCHEMES.contains(scheme.group(1).toLowerCase(Locale.ROOT))
          ? url(text)
          : Optional.empty();
    }
    Matcher scp = SCP.matcher(text);
    return scp.matches()
        ? Optional.of(
            new GitUrl(
                "ssh",
                scp.group(2),
                scp.group(3),
                scp.group(1) + "@" + scp.group(2) + ":" + scp.group(3),
                orEmpty(scp.group(4)),
                orEmpty(scp.group(5))))
        : Optional.empty();
  }

  private static Optional<GitUrl> url(String text) {
    try {
      URI uri = new URI(text);
      String authority = orEmpty(uri.getRawAuthority());
      String path = orEmpty(uri.getPath());
      String remote = uri.getScheme() + "://" + authority + orEmpty(uri.getRawPath());
      return Optional.of(
          new GitUrl(
              uri.getScheme().toLowerCase(Locale.ROOT),
              authority.substring(authority.lastIndexOf('@') + 1),
              path,
              remote,
              orEmpty(uri.getRawQuery()),
              orEmpty(uri.getFragment())));
    } catch (URISyntaxException e) {
      // Whatever it is, it is no address.
      return Optional.empty();
    }
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
