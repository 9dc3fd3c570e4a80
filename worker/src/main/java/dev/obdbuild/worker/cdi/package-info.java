/**
 * Devices of the host that vendors describe in files of the Container Device Interface (CDI
 * specification up to 1.1): read, found by the names that builds use, granted, and turned into what
 * changes in a container's configuration.
 */
@NullMarked
package dev.obdbuild.worker.cdi;

import org.jspecify.annotations.NullMarked;
