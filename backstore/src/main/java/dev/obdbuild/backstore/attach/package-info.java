/**
 * One image of the original's configuration files as a block device of its own:
 *
 * <pre>
 * config.v1.json -> LowerLayers, UpperLayer -> ImageDevice -> DeviceExporter -> /dev/something
 * </pre>
 *
 * <p>{@link AttachedImage} holds all of it together; {@link Attachments} is the folder in which the
 * attached images of a host are known, so that they can be listed, detached, and swept when their
 * process was killed.
 */
@NullMarked
package dev.obdbuild.backstore.attach;

import org.jspecify.annotations.NullMarked;
