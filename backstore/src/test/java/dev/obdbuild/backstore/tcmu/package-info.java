@NullMarked
package dev.obdbuild.backstore.tcmu;

import org.jspecify.annotations.NullMarked;
