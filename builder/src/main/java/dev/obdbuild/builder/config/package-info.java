/**
 * What the user asked for, as checked values: sizes, secrets, hosts, limits, the options of a
 * build.
 */
@NullMarked
package dev.obdbuild.builder.config;

import org.jspecify.annotations.NullMarked;
