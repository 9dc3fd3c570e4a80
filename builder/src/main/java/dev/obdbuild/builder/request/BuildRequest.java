package dev.obdbuild.builder.request;

import dev.obdbuild.builder.build.CacheEntry;
import dev.obdbuild.builder.export.ExportRequest;
import dev.obdbuild.builder.session.serve.SessionServer.Lent;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A build of a Dockerfile as a builder takes it.
 *
 * @param attributes for the frontend
 * @param outputs exporters, in the order of their indices
 * @param imports caches to look into
 * @param exports caches to leave behind
 * @param links targets to be built before it, which it uses
 * @param entitlements what steps may ask for
 * @param sharedKey tells the build's folders from those of other builds on a daemon
 * @param lent what it may take from this machine
 */
public record BuildRequest(
    SortedMap<String, String> attributes,
    List<ExportRequest.Entry> outputs,
    List<CacheEntry> imports,
    List<CacheEntry> exports,
    List<LinkedTarget> links,
    Set<String> entitlements,
    String sharedKey,
    Lent lent) {

  public BuildRequest {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    outputs = List.copyOf(outputs);
    imports = List.copyOf(imports);
    exports = List.copyOf(exports);
    links = List.copyOf(links);
    entitlements = Set.copyOf(entitlements);
  }

  /** The same, with other attributes for the frontend. */
  public BuildRequest withAttributes(SortedMap<String, String> other) {
    return new BuildRequest(other, outputs, imports, exports, links, entitlements, sharedKey, lent);
  }
}
