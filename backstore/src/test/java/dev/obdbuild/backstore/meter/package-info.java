@NullMarked
package dev.obdbuild.backstore.meter;

import org.jspecify.annotations.NullMarked;
