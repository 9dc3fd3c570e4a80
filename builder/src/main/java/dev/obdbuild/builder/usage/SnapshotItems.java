package dev.obdbuild.builder.usage;

import dev.obdbuild.snapshots.PruneRequest;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.snapshots.UsageRecord;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Results of steps and layers of base images. */
public final class SnapshotItems implements UsageSource {

  private final Snapshots snapshots;

  /** The snapshots of a store, which it borrows. */
  public SnapshotItems(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  @Override
  public List<UsageItem> list() throws IOException {
    // What has a name of its own is listed, and goes, as what it is: the folder of a cache mount.
    return snapshots.usage().records().stream()
        .filter(record -> record.pin().isEmpty())
        .map(SnapshotItems::item)
        .toList();
  }

  @Override
  public List<UsageItem> remove(List<UsageItem> items) throws IOException {
    Set<String> ids = items.stream().map(UsageItem::id).collect(Collectors.toSet());
    Set<String> gone =
        snapshots.prune(new PruneRequest(record -> ids.contains(record.id()))).removed().stream()
            .map(UsageRecord::id)
            .collect(Collectors.toSet());
    return items.stream().filter(item -> gone.contains(item.id())).toList();
  }

  private static UsageItem item(UsageRecord record) {
    return new UsageItem(
        record.id(),
        record.base() ? UsageKind.BASE : UsageKind.STEP,
        record.parents(),
        record.description(),
        record.size(),
        record.created(),
        Optional.of(record.lastUsed()),
        record.uses(),
        record.inUse(),
        record.shared());
  }
}
