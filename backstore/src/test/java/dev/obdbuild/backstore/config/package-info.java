@NullMarked
package dev.obdbuild.backstore.config;

import org.jspecify.annotations.NullMarked;
