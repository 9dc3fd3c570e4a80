@NullMarked
package dev.obdbuild.backstore;

import org.jspecify.annotations.NullMarked;
