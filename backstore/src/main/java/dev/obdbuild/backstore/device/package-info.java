/**
 * From a layer stack to a block device node: {@code BlockDevice} is what a device does, {@code
 * StackDevice} does it over layers, a {@code DeviceExporter} shows it to the kernel. Serving
 * threads are platform threads and never touch a file that lies on a device of this process.
 */
@NullMarked
package dev.obdbuild.backstore.device;

import org.jspecify.annotations.NullMarked;
