package jnr.ffi;

/** Stands for jnr, which is not on this class path. */
public interface LibraryLoader {}
