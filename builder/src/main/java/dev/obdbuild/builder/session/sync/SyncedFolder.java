package dev.obdbuild.builder.session.sync;

import java.time.Instant;

/**
 * A copy of a client's folder that is kept for the next build.
 *
 * @param id names it for {@link SyncedFolders#remove}
 * @param key what it was synchronised under
 * @param files number of entries, directories and links included
 * @param bytes on this disk
 * @param lastUsed when a build last asked for it
 * @param inUse whether a build has it open
 */
public record SyncedFolder(
    String id, String key, int files, long bytes, Instant lastUsed, boolean inUse) {}
