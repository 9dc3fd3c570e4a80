package dev.obdbuild.builder.usage;

import dev.obdbuild.worker.cachemount.CacheMounts;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Folders of cache mounts. */
public final class CacheMountItems implements UsageSource {

  private final CacheMounts mounts;

  public CacheMountItems(CacheMounts mounts) {
    this.mounts = mounts;
  }

  @Override
  public List<UsageItem> list() throws IOException {
    return mounts.list().stream()
        .map(
            record ->
                UsageItem.alone(
                    id(record),
                    UsageKind.CACHE_MOUNT,
                    "cached mount with id \"" + record.id() + "\"",
                    record.bytes(),
                    new UsageItem.Times(record.created(), Optional.of(record.lastUsed())),
                    record.inUse()))
        .toList();
  }

  @Override
  public List<UsageItem> remove(List<UsageItem> items) throws IOException {
    Set<String> wanted = items.stream().map(UsageItem::id).collect(Collectors.toSet());
    Set<String> gone = new HashSet<>();
    for (CacheMounts.Record record : mounts.list()) {
      if (wanted.contains(id(record)) && mounts.remove(record)) {
        gone.add(id(record));
      }
    }
    return items.stream().filter(item -> gone.contains(item.id())).toList();
  }

  private static String id(CacheMounts.Record record) {
    return "mount-" + record.home().getFileName() + "-" + record.number();
  }
}
