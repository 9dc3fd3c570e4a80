@NullMarked
package dev.obdbuild.backstore.ext4;

import org.jspecify.annotations.NullMarked;
