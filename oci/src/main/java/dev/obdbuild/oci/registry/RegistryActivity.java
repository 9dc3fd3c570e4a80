package dev.obdbuild.oci.registry;

/**
 * What a client has read of blobs so far, and what it does now.
 *
 * @param registryBytes from registries themselves
 * @param mirrorBytes from their mirrors
 * @param p2pBytes through P2P nodes
 * @param inFlight ranged reads that wait for an answer now, or for their turn
 * @param closedHosts hosts that are left alone now since they did not answer
 */
public record RegistryActivity(
    long registryBytes, long mirrorBytes, long p2pBytes, int inFlight, int closedHosts) {}
