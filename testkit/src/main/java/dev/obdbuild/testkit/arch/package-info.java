/** The architecture's rules as ArchUnit tests, one call per module. */
@NullMarked
package dev.obdbuild.testkit.arch;

import org.jspecify.annotations.NullMarked;
