@NullMarked
package dev.obdbuild.linux.process;

import org.jspecify.annotations.NullMarked;
