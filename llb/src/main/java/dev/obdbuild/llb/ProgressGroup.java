package dev.obdbuild.llb;

/** Vertices that a display shows as one line. A weak member does not count for the times. */
public record ProgressGroup(String id, String name, boolean weak) {}
