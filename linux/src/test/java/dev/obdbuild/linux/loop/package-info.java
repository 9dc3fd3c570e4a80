@NullMarked
package dev.obdbuild.linux.loop;

import org.jspecify.annotations.NullMarked;
