@NullMarked
package dev.obdbuild.backstore.audit;

import org.jspecify.annotations.NullMarked;
