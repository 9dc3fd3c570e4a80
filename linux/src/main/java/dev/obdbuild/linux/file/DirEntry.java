package dev.obdbuild.linux.file;

/** One name in a directory. */
public record DirEntry(RawPath name, FileType type) {}
