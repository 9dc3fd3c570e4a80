@NullMarked
package dev.obdbuild.backstore.metrics;

import org.jspecify.annotations.NullMarked;
