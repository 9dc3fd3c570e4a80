package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** A cache as it arrives on another machine: made of the trail of a solve. */
final class CarriedCache implements ImportedCache<String> {

  private final Map<Digest, Imported<String>> results = new LinkedHashMap<>();
  private final Map<Digest, List<CachedContent>> contents = new LinkedHashMap<>();
  private final Set<Digest> markers = new HashSet<>();

  /** Everything that a solve knows; results only of the keys that are wanted. */
  static CarriedCache of(CacheTrail<String> trail, Predicate<Digest> wanted) throws IOException {
    CarriedCache carried = new CarriedCache();
    for (CacheTrail.Entry entry : trail.entries()) {
      carried.contents.put(entry.key(), entry.contents());
      Optional<List<String>> results =
          wanted.test(entry.key()) ? trail.results(entry) : Optional.empty();
      if (results.isPresent()) {
        carried.results.put(entry.key(), new Imported<>(results.get(), entry.contents()));
      }
      entry.marker().ifPresent(carried.markers::add);
    }
    return carried;
  }

  int size() {
    return results.size();
  }

  @Override
  public Optional<Digest> content(Digest vertex, Digest contentKey) {
    return contents.getOrDefault(vertex, List.of()).stream()
        .filter(content -> content.key().equals(contentKey))
        .map(CachedContent::digest)
        .findFirst();
  }

  @Override
  public boolean marked(Digest marker) {
    return markers.contains(marker);
  }

  @Override
  public Optional<Imported<String>> results(Digest vertex, OpContext context) {
    return Optional.ofNullable(results.get(vertex));
  }
}
