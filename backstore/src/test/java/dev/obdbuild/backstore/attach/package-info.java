@NullMarked
package dev.obdbuild.backstore.attach;

import org.jspecify.annotations.NullMarked;
