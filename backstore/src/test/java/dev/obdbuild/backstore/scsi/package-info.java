@NullMarked
package dev.obdbuild.backstore.scsi;

import org.jspecify.annotations.NullMarked;
