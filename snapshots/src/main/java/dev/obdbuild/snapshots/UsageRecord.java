package dev.obdbuild.snapshots;

import java.time.Instant;
import java.util.List;

/**
 * One snapshot as {@code du} shows it (BuildKit's DiskUsage record).
 *
 * @param size bytes its own layer takes on this machine, 0 for a layer that lives in a registry
 *     only
 * @param inUse held by a lease, an open device or another process
 * @param shared part of a local image
 * @param type {@code regular} for step results, {@code source.base} for layers of base images
 */
public record UsageRecord(
    String id,
    List<String> parents,
    String description,
    long size,
    Instant created,
    Instant lastUsed,
    long uses,
    boolean inUse,
    boolean shared,
    String type) {}
