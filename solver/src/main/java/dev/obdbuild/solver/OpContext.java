package dev.obdbuild.solver;

import dev.obdbuild.solver.progress.OpProgress;

/**
 * What an operation gets while it works.
 *
 * @param cancellation comes when nobody waits for the operation any more
 * @param progress takes what the operation reports
 */
public record OpContext(Cancellation cancellation, OpProgress progress) {}
