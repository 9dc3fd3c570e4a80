package dev.obdbuild.builder.build;

import dev.obdbuild.linux.file.Stat;

/**
 * A file or folder.
 *
 * @param name in its folder
 * @param target of a symlink; empty otherwise
 */
public record FileEntry(String name, Stat stat, String target) {}
