package dev.obdbuild.worker.source.git;

import java.util.Optional;

/**
 * What a ref stands for, with the objects themselves as git stores them, without their headers.
 *
 * @param found names the tag and the commit
 * @param commit the commit object; owned by the record: do not change it
 * @param tag the object of an annotated tag; empty when there is none
 */
@SuppressWarnings("ArrayRecordComponent")
public record GitObjects(GitCommit found, byte[] commit, Optional<byte[]> tag) {}
