/** The kernel objects that are made by making folders: configfs. Plain file calls suffice. */
@NullMarked
package dev.obdbuild.linux.configfs;

import org.jspecify.annotations.NullMarked;
