package dev.obdbuild.worker.source.git;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A repository and what of it is meant.
 *
 * @param url as git takes it, without fragment and query; may hold a password
 * @param ref branch, tag, full ref or commit; empty for the default branch
 * @param subdir clean path in the repository; empty for all of it
 */
public record GitRemote(String url, String ref, String subdir) {

  private static final Pattern SCHEME = Pattern.compile("^([a-zA-Z0-9]+)://(.*)$");
  private static final Pattern SCP =
      Pattern.compile("^[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:([^?#]*)(?:\\?[^#]*)?(?:#.*)?$");
  private static final Set<String> PROTOCOLS = Set.of("http", "https", "ssh", "git");
  private static final Pattern USER_INFO = Pattern.compile("://[^/?#]*@");

  /**
   * The remote that a URL or an SCP-like address spells; https is meant when it names no protocol.
   *
   * @throws IOException naming it, when it is none
   */
  public static GitRemote parse(String text) throws IOException {
    String full = isTransport(text) ? text : "https://" + text;
    int hash = full.indexOf('#');
    String address = hash < 0 ? full : full.substring(0, hash);
    String fragment = hash < 0 ? "" : full.substring(hash + 1);
    int query = address.indexOf('?');
    address = query < 0 ? address : address.substring(0, query);
    // What begins with a dash is an option to git.
    if (address.startsWith("-") || address.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      throw new IOException("invalid git URL " + redacted(address));
    }
    int colon = fragment.indexOf(':');
    String ref = colon < 0 ? fragment : fragment.substring(0, colon);
    if (ref.startsWith("-") || ref.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      throw new IOException("invalid git ref \"" + ref + "\"");
    }
    return new GitRemote(address, ref, colon < 0 ? "" : clean(fragment.substring(colon + 1)));
  }

  private static boolean isTransport(String text) {
    Matcher scheme = SCHEME.matcher(text);
    if (scheme.matches()) {
      return PROTOCOLS.contains(scheme.group(1).toLowerCase(Locale.ROOT));
    }
    return SCP.matcher(text).matches();
  }

  /** Dots resolved inside the repository's root. */
  private static String clean(String path) {
    java.util.ArrayDeque<String> parts = new java.util.ArrayDeque<>();
    for (String part : path.split("/")) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }

  /** This remote with what the graph says beside its identifier. */
  GitRemote withUrl(String full) throws IOException {
    return new GitRemote(parse(full).url, ref, subdir);
  }

  /** Whether the ref is the name of a commit. */
  public boolean isCommit() {
    return isCommit(ref);
  }

  static boolean isCommit(String text) {
    return (text.length() == 40 || text.length() == 64)
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /** {@code host[:port]}; empty for SCP-like addresses. */
  String host() {
    Matcher scheme = SCHEME.matcher(url);
    if (!scheme.matches()) {
      return "";
    }
    String rest = scheme.group(2).split("/", 2)[0];
    return rest.substring(rest.lastIndexOf('@') + 1);
  }

  /** The URL without user and password. */
  public String shown() {
    return redacted(url);
  }

  static String redacted(String text) {
    return USER_INFO.matcher(text).replaceAll("://xxxxx:xxxxx@");
  }
}
