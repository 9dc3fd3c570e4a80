/**
 * Source policies: rules that come with a request, and policies that a client decides on itself.
 *
 * <p>{@link dev.obdbuild.builder.policy.SourceRules} is a request's list of rules; {@link
 * dev.obdbuild.builder.policy.ClientPolicy} asks a client's session about each source.
 */
@NullMarked
package dev.obdbuild.builder.policy;

import org.jspecify.annotations.NullMarked;
