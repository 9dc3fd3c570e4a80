package dev.obdbuild.builder;

import dev.obdbuild.builder.progress.Amount;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a build came to.
 *
 * @param response of the exporters, by BuildKit's keys
 */
public record BuildOutcome(SortedMap<String, String> response, Moved moved) {

  public BuildOutcome {
    response = Collections.unmodifiableSortedMap(new TreeMap<>(response));
  }

  /**
   * What was moved for it, in bytes.
   *
   * @param base compressed size of the base images
   * @param fetched of layers, from registries
   * @param sealedLayers number of layers that this build made
   * @param sealed their sealed size
   * @param pushed of layers, to registries
   */
  public record Moved(long base, long fetched, int sealedLayers, long sealed, long pushed) {

    /** How much of the base images came here, in words. */
    public static String fetched(long fetched, long base) {
      return base == 0
          ? "no base"
          : "fetched " + Amount.rounded(fetched) + " of " + Amount.rounded(base) + " base";
    }

    /** The last line of a build. */
    @Override
    public String toString() {
      return fetched(fetched, base)
          + "; "
          + sealedLayers
          + (sealedLayers == 1 ? " layer " : " layers ")
          + Amount.rounded(sealed)
          + " sealed; pushed "
          + Amount.rounded(pushed);
    }
  }
}
