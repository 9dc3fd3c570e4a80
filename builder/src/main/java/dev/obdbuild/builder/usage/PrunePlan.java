package dev.obdbuild.builder.usage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Which of the things that are there go, and in which order. Touches nothing. */
final class PrunePlan {

  private final Map<String, UsageItem> candidates = new HashMap<>();
  private final Map<String, Integer> children = new HashMap<>();
  private final Map<String, Double> worth = new HashMap<>();

  /** Candidates that nothing stands on, the least worth first. */
  private final PriorityQueue<UsageItem> free =
      new PriorityQueue<>(
          Comparator.comparingDouble((UsageItem item) -> worth.getOrDefault(item.id(), 0.0))
              .thenComparing(UsageItem::created)
              .thenComparing(UsageItem::id));

  private PrunePlan() {}

  /**
   * What goes; an item comes before those that it stands on.
   *
   * @param freeBytes of the disk
   */
  static List<UsageItem> choose(
      PruneOrder order, Collection<UsageItem> items, long freeBytes, Instant now) {
    long used = items.stream().filter(i -> !i.shared()).mapToLong(UsageItem::size).sum();
    long keep = order.keepBytes(used, freeBytes);
    return new PrunePlan().choose(order, items, now, used, keep);
  }

  private List<UsageItem> choose(
      PruneOrder order, Collection<UsageItem> items, Instant now, long used, long keep) {
    for (UsageItem item : items) {
      item.parents().forEach(parent -> children.merge(parent, 1, Integer::sum));
      if (mayGo(item, order, now)) {
        candidates.put(item.id(), item);
      }
    }
    rank(Comparator.comparing(item -> item.lastUsed().orElse(Instant.MIN)));
    rank(Comparator.comparingLong(UsageItem::uses));
    candidates.values().forEach(this::offerIfFree);
    List<UsageItem> chosen = new ArrayList<>();
    long left = used;
    while (!free.isEmpty() && (keep == 0 || left > keep)) {
      UsageItem next = free.remove();
      chosen.add(next);
      left -= next.size();
      for (String parent : next.parents()) {
        children.merge(parent, -1, Integer::sum);
        UsageItem candidate = candidates.get(parent);
        if (candidate != null) {
          offerIfFree(candidate);
        }
      }
    }
    return chosen;
  }

  private void offerIfFree(UsageItem item) {
    if (children.getOrDefault(item.id(), 0) == 0) {
      free.add(item);
    }
  }

  private static boolean mayGo(UsageItem item, PruneOrder order, Instant now) {
    return !item.inUse()
        && !item.shared()
        && order.kinds().contains(item.kind())
        && (order.all() || item.kind() != UsageKind.INTERNAL)
        && (order.keepDuration().isZero()
            || item.lastUsed().isEmpty()
            || !item.lastUsed().get().isAfter(now.minus(order.keepDuration())))
        && order.filter().matches(item.fields());
  }

  /** Adds to each candidate's worth its rank, as a share of all ranks; equal items rank equally. */
  private void rank(Comparator<UsageItem> by) {
    List<UsageItem> sorted = candidates.values().stream().sorted(by).toList();
    List<Integer> ranks = new ArrayList<>();
    int rank = 0;
    for (int i = 0; i < sorted.size(); i++) {
      if (i == 0 || by.compare(sorted.get(i - 1), sorted.get(i)) != 0) {
        rank++;
      }
      ranks.add(rank);
    }
    for (int i = 0; i < sorted.size(); i++) {
      worth.merge(sorted.get(i).id(), (double) ranks.get(i) / rank, Double::sum);
    }
  }
}
