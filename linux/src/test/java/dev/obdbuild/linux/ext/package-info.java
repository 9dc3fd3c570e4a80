@NullMarked
package dev.obdbuild.linux.ext;

import org.jspecify.annotations.NullMarked;
