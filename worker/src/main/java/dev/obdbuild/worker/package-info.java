/**
 * The operations of a build graph carried out: the only place where graph and device meet.
 *
 * <p>A {@link dev.obdbuild.worker.Worker} makes vertices executable for the solver; what they yield
 * is a {@link dev.obdbuild.worker.WorkerResult}. Whatever touches a mount runs on platform threads
 * that serve none; the solver's virtual threads wait.
 */
@NullMarked
package dev.obdbuild.worker;

import org.jspecify.annotations.NullMarked;
