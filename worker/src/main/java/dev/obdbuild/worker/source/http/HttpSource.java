package dev.obdbuild.worker.source.http;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A file that a build asks an HTTP server for.
 *
 * @param checksum what the file must be
 * @param filename name to give it; empty for the one that the server or the URL tells
 * @param permissions the low twelve bits of its mode
 * @param authHeaderSecret name of the secret that is the Authorization header; may be empty
 * @param headers headers to send, by lower-case name
 * @param signature what must be over the file
 */
public record HttpSource(
    URI url,
    Optional<Digest> checksum,
    String filename,
    int permissions,
    int uid,
    int gid,
    String authHeaderSecret,
    SortedMap<String, String> headers,
    Optional<FileSignature> signature) {

  private static final String SESSION_HOST = "buildkit-session";

  public HttpSource {
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
  }

  /**
   * What a graph's source says.
   *
   * @throws IOException naming the attribute that makes no sense
   */
  public static HttpSource of(SourceOp op) throws IOException {
    SortedMap<String, String> headers = new TreeMap<>();
    for (Map.Entry<String, String> attr : op.attrs().entrySet()) {
      String name = attr.getKey();
      if (name.startsWith(SourceAttr.HTTP_HEADER_PREFIX)) {
        String header =
            name.substring(SourceAttr.HTTP_HEADER_PREFIX.length()).toLowerCase(Locale.ROOT);
        // BuildKit lets a graph set these two and drops all others.
        if (header.equals("accept") || header.equals("user-agent")) {
          headers.put(header, attr.getValue());
        }
      }
    }
    String checksum = op.attrs().getOrDefault(SourceAttr.HTTP_CHECKSUM, "");
    FileAttrs file = FileAttrs.of(op);
    return new HttpSource(
        url(op.identifier()),
        checksum.isEmpty() ? Optional.empty() : Optional.of(digest(op, checksum)),
        file.filename(),
        file.permissions(),
        file.uid(),
        file.gid(),
        op.attrs().getOrDefault(SourceAttr.HTTP_AUTH_HEADER_SECRET, ""),
        headers,
        FileSignature.of(op));
  }

  private static URI url(String text) throws IOException {
    try {
      URI url = new URI(text);
      if (url.getHost() == null) {
        throw new IOException("invalid URL " + shown(text) + ": it names no host");
      }
      return url;
    } catch (URISyntaxException e) {
      throw new IOException("invalid URL " + shown(text) + ": " + e.getReason(), e);
    }
  }

  private static Digest digest(SourceOp op, String text) throws IOException {
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          shown(op.identifier()) + ": " + SourceAttr.HTTP_CHECKSUM + ": " + e.getMessage(), e);
    }
  }

  /** Whether the file is no server's but an upload of the build's caller. */
  public boolean isUpload() {
    return SESSION_HOST.equals(url.getAuthority());
  }

  /** The URL without user and password. */
  public String shown() {
    return shown(url.toString());
  }

  static String shown(String url) {
    return url.replaceFirst("^([a-zA-Z]+://)[^/?#]*@", "$1xxxxx:xxxxx@");
  }
}
