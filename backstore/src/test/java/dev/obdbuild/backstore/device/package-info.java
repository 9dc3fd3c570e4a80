@NullMarked
package dev.obdbuild.backstore.device;

import org.jspecify.annotations.NullMarked;
