@NullMarked
package dev.obdbuild.linux;

import org.jspecify.annotations.NullMarked;
