package dev.obdbuild.builder.usage;

import java.io.IOException;
import java.util.List;

/** A part of the state folder. Knows no policy: lists what there is, removes what it is told to. */
public interface UsageSource {

  /** Everything there is. Must not wait for who uses it. */
  List<UsageItem> list() throws IOException;

  /**
   * Removes items unless somebody uses them meanwhile or something stands on them.
   *
   * @param items of this source; what stands on another comes before it
   * @return those that are gone
   */
  List<UsageItem> remove(List<UsageItem> items) throws IOException;
}
