package dev.obdbuild.backstore.device;

/**
 * A device of layers and its node.
 *
 * @param device to be closed after {@code exported}
 */
public record LayeredExport(LayeredDevice device, ExportedDevice exported) {}
