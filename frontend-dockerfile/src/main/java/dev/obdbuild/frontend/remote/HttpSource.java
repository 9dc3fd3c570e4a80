package dev.obdbuild.frontend.remote;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.ignore.UnixPath;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A download, one file, as a source of the graph. */
public final class HttpSource {
  private static final Pattern URL = Pattern.compile("https?://.*", Pattern.DOTALL);

  private static final Pattern PARTS =
      Pattern.compile("https?://[^/?#\\s]*([^?#]*).*", Pattern.DOTALL);
  private static final String UNNAMED = "__unnamed__";

  private HttpSource() {}

  /** Whether {@code text} is an address to download from. */
  public static boolean matches(String text) {
    return URL.matcher(text).matches();
  }

  /** What the file of an address is called: the last part of its path, if it has one. */
  public static String filename(String url) {
    Matcher parts = PARTS.matcher(url);
    if (!parts.matches()) {
      return UNNAMED;
    }
    String path;
    try {
      path = URLDecoder.decode(parts.group(1).replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // No address that means anything: the server will tell.
      return UNNAMED;
    }
    String base = UnixPath.base(path);
    return base.equals(".") || base.equals("/") ? UNNAMED : base;
  }

  /**
   * A file that ADD names.
   *
   * @param checksum {@code sha256:...} or empty
   * @param title what the step is called
   */
  public static Node.Out of(String url, String checksum, String title) throws DockerfileException {
    if (!checksum.isEmpty()) {
      Checksum.check(checksum);
    }
    return of(
        url,
        filename(url),
        checksum,
        Map.of(VertexMetadata.CUSTOM_NAME, title, VertexMetadata.COMMAND, ""));
  }

  /**
   * @param filename what the file is called in the source's filesystem
   * @param checksum what it must have, or empty
   * @param texts the description of the vertex
   */
  public static Node.Out of(
      String url, String filename, String checksum, Map<String, String> texts) {
    Map<String, String> attrs = new LinkedHashMap<>();
    SortedSet<String> caps = new TreeSet<>(List.of("source.http"));
    attrs.put(SourceAttr.HTTP_FILENAME, filename);
    if (!checksum.isEmpty()) {
      attrs.put(SourceAttr.HTTP_CHECKSUM, checksum);
      caps.add("source.http.checksum");
    }
    return Node.of(
            SourceOp.of(url, attrs), List.of(), Optional.empty(), VertexMetadata.of(texts, caps))
        .out();
  }
}
