package dev.obdbuild.backstore.config;

import java.nio.file.Path;

/** The writable layer's two files. A sparse layer's index is empty, but there. */
public record UpperSpec(Path data, Path index) {}
