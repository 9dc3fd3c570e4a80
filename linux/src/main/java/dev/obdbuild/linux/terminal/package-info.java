/** Pseudo terminals: what a program with a terminal runs on when nobody sits in front of one. */
@NullMarked
package dev.obdbuild.linux.terminal;

import org.jspecify.annotations.NullMarked;
