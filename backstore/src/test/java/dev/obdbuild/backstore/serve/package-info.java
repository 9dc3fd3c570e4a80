@NullMarked
package dev.obdbuild.backstore.serve;

import org.jspecify.annotations.NullMarked;
