package dev.obdbuild.builder.usage;

import dev.obdbuild.builder.session.sync.SyncedFolder;
import dev.obdbuild.builder.session.sync.SyncedFolders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Copies of clients' folders. */
public final class SyncedItems implements UsageSource {

  private static final String PREFIX = "local-";

  private final SyncedFolders folders;

  /** The copies of this process, which it borrows. */
  public SyncedItems(SyncedFolders folders) {
    this.folders = folders;
  }

  @Override
  public List<UsageItem> list() throws IOException {
    return folders.list().stream().map(SyncedItems::item).toList();
  }

  @Override
  public List<UsageItem> remove(List<UsageItem> items) throws IOException {
    List<UsageItem> gone = new ArrayList<>();
    for (UsageItem item : items) {
      if (folders.remove(item.id().substring(PREFIX.length()))) {
        gone.add(item);
      }
    }
    return gone;
  }

  private static UsageItem item(SyncedFolder folder) {
    return UsageItem.alone(
        PREFIX + folder.id(),
        UsageKind.LOCAL,
        "local source for " + folder.key(),
        folder.bytes(),
        new UsageItem.Times(folder.lastUsed(), Optional.of(folder.lastUsed())),
        folder.inUse());
  }
}
