@NullMarked
package dev.obdbuild.linux.mount;

import org.jspecify.annotations.NullMarked;
