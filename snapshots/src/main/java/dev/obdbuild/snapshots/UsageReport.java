package dev.obdbuild.snapshots;

import java.util.List;

/**
 * What the store holds.
 *
 * @param records one per snapshot, oldest first
 */
public record UsageReport(List<UsageRecord> records) {}
