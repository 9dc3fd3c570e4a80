package dev.obdbuild.worker;

import dev.obdbuild.worker.cachemount.FolderId;
import dev.obdbuild.worker.cachemount.ImportedFolders;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Cache mounts of one build. Thread-safe.
 *
 * @param imports what folders that are new here start with
 * @param used folders that its steps had mounted
 */
record BuildMounts(ImportedFolders imports, Set<FolderId> used) {

  BuildMounts(ImportedFolders imports) {
    this(imports, ConcurrentHashMap.newKeySet());
  }
}
