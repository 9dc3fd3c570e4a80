/**
 * What tests of every module share: conditions that skip visibly (and fail where everything is
 * required), the place of the shared fixtures, registries with faults, tiny images, repeatable
 * randomness. Test scope only; depends on no other module of ours.
 */
@NullMarked
package dev.obdbuild.testkit;

import org.jspecify.annotations.NullMarked;
