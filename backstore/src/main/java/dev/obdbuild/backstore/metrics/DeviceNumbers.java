package dev.obdbuild.backstore.metrics;

import dev.obdbuild.backstore.remote.Fetched;
import java.nio.file.Path;

/**
 * What an exported device is and has done, at one moment.
 *
 * @param size of the device in bytes
 * @param layerBytes of the layers below the writable one, decompressed; 0 if there are none
 * @param fetched what of its layers came from registries since they were opened
 */
public record DeviceNumbers(
    Path node,
    boolean writable,
    long size,
    long layerBytes,
    DeviceCounts counts,
    Fetched fetched) {}
