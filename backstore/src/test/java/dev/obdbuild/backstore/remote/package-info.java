@NullMarked
package dev.obdbuild.backstore.remote;

import org.jspecify.annotations.NullMarked;
