package dev.obdbuild.llb;

/** What changed from one filesystem to another; an index of {@link Op#NONE} is an empty one. */
public record DiffOp(int lower, int upper) implements Op {}
