package dev.obdbuild.builder.usage;

import dev.obdbuild.backstore.cache.BlockCache;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The cached blocks of remote layers, as one thing. */
public final class BlockCacheItem implements UsageSource {

  private static final String ID = "blocks-of-remote-layers";

  private final BlockCache blocks;

  public BlockCacheItem(BlockCache blocks) {
    this.blocks = blocks;
  }

  @Override
  public List<UsageItem> list() throws IOException {
    long size = blocks.size();
    return size == 0 ? List.of() : List.of(item(size));
  }

  @Override
  public List<UsageItem> remove(List<UsageItem> items) throws IOException {
    if (items.isEmpty()) {
      return List.of();
    }
    long freed = blocks.clear();
    return freed == 0 ? List.of() : List.of(items.getFirst());
  }

  private static UsageItem item(long size) {
    return UsageItem.alone(
        ID,
        UsageKind.INTERNAL,
        "cached blocks of remote layers",
        size,
        new UsageItem.Times(Instant.EPOCH, Optional.empty()),
        false);
  }
}
