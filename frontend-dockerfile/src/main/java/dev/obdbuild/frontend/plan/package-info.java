/**
 * Stages to a build plan.
 *
 * <p>In this order: options are read, stages are joined to a graph, base images of reachable stages
 * are resolved, the instructions of each stage are evaluated to steps and an image config, and the
 * steps become LLB once it is known which files of the context are used. The only way outside is
 * {@link dev.obdbuild.frontend.plan.Sources}.
 */
@NullMarked
package dev.obdbuild.frontend.plan;

import org.jspecify.annotations.NullMarked;
