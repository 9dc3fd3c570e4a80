package dev.obdbuild.snapshots;

import java.util.List;

/**
 * What was pruned.
 *
 * @param bytes freed on this machine
 */
public record PruneReport(List<UsageRecord> removed, long bytes) {}
