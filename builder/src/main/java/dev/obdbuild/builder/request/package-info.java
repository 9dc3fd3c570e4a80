/**
 * From what the user typed to what a builder is asked for, in this process or by a daemon: frontend
 * options, exporters and caches as values, and what of this machine the build may take. Opens
 * standard input, folders and layouts, and writes what is left to write when the build is done.
 */
@NullMarked
package dev.obdbuild.builder.request;

import org.jspecify.annotations.NullMarked;
