package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.History;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fits a history to the layers it tells of, as BuildKit does: one entry that is not empty for each
 * layer, and a time for every entry.
 */
final class HistoryTimes {

  private static final String EXPORTER = "buildkit.exporter.image.v0";

  private HistoryTimes() {}

  static List<History> fill(List<History> planned, List<Optional<Instant>> layerTimes) {
    return spread(stamp(fit(planned, layerTimes.size()), layerTimes));
  }

  /**
   * The same history with nothing dated after {@code epoch}, but for the entries of the base image:
   * those stay as they are in the base.
   */
  static List<History> clamp(List<History> history, int base, Optional<Instant> epoch) {
    if (epoch.isEmpty()) {
      return history;
    }
    List<History> out = new ArrayList<>(history);
    for (int i = Math.min(base, out.size()); i < out.size(); i++) {
      History h = out.get(i);
      out.set(i, at(h, h.created().filter(time -> !time.isAfter(epoch.get())).or(() -> epoch)));
    }
    return out;
  }

  /**
   * Too many layers told of: the oldest become empty. Too few: entries are added for the newest.
   */
  private static List<History> fit(List<History> planned, int layers) {
    List<History> out = new ArrayList<>(planned);
    long told = planned.stream().filter(h -> !h.emptyLayer()).count();
    for (int i = 0; i < out.size() && told > layers; i++) {
      History h = out.get(i);
      if (!h.emptyLayer()) {
        out.set(i, new History(h.created(), h.createdBy(), h.author(), h.comment(), true));
        told--;
      }
    }
    for (; told < layers; told++) {
      out.add(new History(Optional.empty(), "", "", EXPORTER, false));
    }
    return out;
  }

  /** Gives every entry that stands for a layer that layer's time. */
  private static List<History> stamp(List<History> history, List<Optional<Instant>> layerTimes) {
    int layer = 0;
    for (int i = 0; i < history.size(); i++) {
      History h = history.get(i);
      if (!h.emptyLayer()) {
        Optional<Instant> time = layerTimes.get(layer++);
        history.set(i, h.created().isPresent() ? h : at(h, time));
      }
    }
    return history;
  }

  /**
   * Entries without a layer: those before the first new layer get its time, others the last one's.
   */
  private static List<History> spread(List<History> history) {
    int firstNew = 0;
    while (firstNew < history.size() && history.get(firstNew).created().isPresent()) {
      firstNew++;
    }
    Optional<Instant> time =
        history.stream()
            .skip(firstNew)
            .map(History::created)
            .flatMap(Optional::stream)
            .findFirst()
            .or(() -> last(history));
    for (int i = firstNew; i < history.size(); i++) {
      History h = history.get(i);
      if (h.created().isPresent()) {
        time = h.created();
      } else {
        history.set(i, at(h, time));
      }
    }
    return history;
  }

  private static Optional<Instant> last(List<History> history) {
    return history.stream().map(History::created).flatMap(Optional::stream).reduce((a, b) -> b);
  }

  private static History at(History h, Optional<Instant> time) {
    return new History(time, h.createdBy(), h.author(), h.comment(), h.emptyLayer());
  }
}
