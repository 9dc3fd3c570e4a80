@NullMarked
package dev.obdbuild.linux.fuse;

import org.jspecify.annotations.NullMarked;
