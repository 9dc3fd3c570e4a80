package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.OpProgress;
import java.util.Optional;

/**
 * What an operation gets while it works.
 *
 * @param cancellation comes when nobody waits for the operation any more
 * @param progress takes what the operation reports
 * @param key the vertex's cache key; empty as long as it is not known, and for results that only
 *     one solve can use
 */
public record OpContext(Cancellation cancellation, OpProgress progress, Optional<Digest> key) {}
