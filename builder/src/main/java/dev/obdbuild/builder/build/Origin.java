package dev.obdbuild.builder.build;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Where refs come from: a request to a frontend, with all that it looked at on the way. Refs of
 * bare definitions have the build itself as their origin. Thread-safe.
 */
public final class Origin {

  private final String frontend;
  private final SortedMap<String, String> options;
  private final SortedMap<String, List<Origin>> inputs;
  private final List<AskedImage> images = new CopyOnWriteArrayList<>();
  private final List<Ref> refs = new CopyOnWriteArrayList<>();
  private final List<Origin> inner = new CopyOnWriteArrayList<>();

  /**
   * An image that was asked about.
   *
   * @param reference as it was asked for
   */
  public record AskedImage(Reference reference, Optional<Platform> platform, Digest digest) {}

  /** The request of a frontend by that name; empty for none. */
  Origin(String frontend, Map<String, String> options, SortedMap<String, List<Origin>> inputs) {
    this.frontend = frontend;
    this.inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    this.options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  /** Name of the frontend; empty for a bare definition. */
  public String frontend() {
    return frontend;
  }

  /** Its options. */
  public SortedMap<String, String> options() {
    return options;
  }

  /** The requests that the graphs among its inputs are results of, as far as that is known. */
  public SortedMap<String, List<Origin>> inputs() {
    return inputs;
  }

  /**
   * The request alone, as it is remembered when its build has ended: refs keep all that their build
   * had, its client's session among it.
   */
  Origin request() {
    return new Origin(frontend, options, inputs);
  }

  /** Another request that was made on the way to this one's result. */
  Origin add(FrontendRequest request, Origins known) {
    SortedMap<String, List<Origin>> from = new TreeMap<>();
    request
        .inputs()
        .forEach(
            (name, graph) -> {
              List<Origin> all = known.of(graph);
              if (!all.isEmpty()) {
                from.put(name, all);
              }
            });
    Origin made = new Origin(request.frontend(), request.options(), from);
    inner.add(made);
    return made;
  }

  void add(AskedImage image) {
    images.add(image);
  }

  void add(Ref ref) {
    refs.add(ref);
  }

  /** Images that were asked about, those of inner requests too. */
  public List<AskedImage> images() {
    List<AskedImage> all = new ArrayList<>(images);
    inner.forEach(one -> all.addAll(one.images()));
    return all;
  }

  /** All refs made on the way, those of inner requests too. */
  public List<Ref> refs() {
    List<Ref> all = new ArrayList<>(refs);
    inner.forEach(one -> all.addAll(one.refs()));
    return all;
  }
}
