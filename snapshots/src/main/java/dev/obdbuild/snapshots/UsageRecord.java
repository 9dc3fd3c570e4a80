package dev.obdbuild.snapshots;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One snapshot and what it takes.
 *
 * @param size bytes its own layer takes on this machine, 0 for a layer that lives in a registry
 *     only
 * @param inUse held by a lease, an open device or another process
 * @param shared part of a local image
 * @param base a layer of a base image, not the result of a step
 * @param pin the name that keeps it, or something that stands on it ({@link Pins})
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
    boolean base,
    Optional<String> pin) {}
