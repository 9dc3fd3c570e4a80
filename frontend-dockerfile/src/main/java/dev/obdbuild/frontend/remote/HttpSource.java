package dev.obdbuild.frontend.remote;

import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** A download, one file, as a source of the graph. */
public final class HttpSource {
  private static final Pattern URL = Pattern.compile("https?://.*", Pattern.DOTALL);

  private HttpSource() {}

  /** Whether {@code text} is an address to download from. */
  public static boolean matches(String text) {
    return URL.matcher(text).matches();
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
