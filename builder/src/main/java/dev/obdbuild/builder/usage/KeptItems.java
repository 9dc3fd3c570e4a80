package dev.obdbuild.builder.usage;

import dev.obdbuild.worker.cachemount.CacheMounts;
import dev.obdbuild.worker.cachemount.FolderRecord;
import dev.obdbuild.worker.source.git.GitRepositories;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Folders that the worker keeps between builds and locks while a build uses them.
 *
 * @param <T> what the worker's list says of one
 */
public final class KeptItems<T> implements UsageSource {

  private interface Listing<T> {
    List<T> list() throws IOException;
  }

  private interface Removal<T> {
    boolean remove(T kept) throws IOException;
  }

  private final Listing<T> listing;
  private final Removal<T> removal;
  private final Function<T, UsageItem> item;

  private KeptItems(Listing<T> listing, Removal<T> removal, Function<T, UsageItem> item) {
    this.listing = listing;
    this.removal = removal;
    this.item = item;
  }

  /** Repositories that git sources were fetched into. */
  public static KeptItems<GitRepositories.Kept> of(GitRepositories repositories) {
    return new KeptItems<>(
        repositories::list,
        repositories::remove,
        kept ->
            UsageItem.alone(
                "git-" + kept.home().getFileName(),
                UsageKind.GIT,
                "shared git repo for " + kept.remote(),
                kept.bytes(),
                new UsageItem.Times(kept.created(), Optional.of(kept.lastUsed())),
                kept.inUse()));
  }

  /** Folders of cache mounts. */
  public static KeptItems<FolderRecord> of(CacheMounts mounts) {
    return new KeptItems<>(
        mounts::list,
        mounts::remove,
        kept ->
            UsageItem.alone(
                "mount-" + kept.home().getFileName() + "-" + kept.number(),
                UsageKind.CACHE_MOUNT,
                "cached mount with id \"" + kept.id() + "\"",
                kept.bytes(),
                new UsageItem.Times(kept.created(), Optional.of(kept.lastUsed())),
                kept.inUse()));
  }

  @Override
  public List<UsageItem> list() throws IOException {
    return listing.list().stream().map(item).toList();
  }

  @Override
  public List<UsageItem> remove(List<UsageItem> items) throws IOException {
    Set<String> wanted = items.stream().map(UsageItem::id).collect(Collectors.toSet());
    Set<String> gone = new HashSet<>();
    for (T kept : listing.list()) {
      String id = item.apply(kept).id();
      if (wanted.contains(id) && removal.remove(kept)) {
        gone.add(id);
      }
    }
    return items.stream().filter(one -> gone.contains(one.id())).toList();
  }
}
