/**
 * The patterns that operations choose files with: lines of an ignore file, includes and excludes of
 * a copy, wildcards of a source. By the letter: nothing here touches a file.
 */
@NullMarked
package dev.obdbuild.llb.pattern;

import org.jspecify.annotations.NullMarked;
