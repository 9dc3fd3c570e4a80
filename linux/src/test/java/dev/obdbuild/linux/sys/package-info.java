@NullMarked
package dev.obdbuild.linux.sys;

import org.jspecify.annotations.NullMarked;
