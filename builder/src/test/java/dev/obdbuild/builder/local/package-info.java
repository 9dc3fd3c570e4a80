@NullMarked
package dev.obdbuild.builder.local;

import org.jspecify.annotations.NullMarked;
