package dev.obdbuild.planted.jnr_call;

import jnr.ffi.LibraryLoader;

/** Uses jnr outside linux. */
public interface JnrCall extends LibraryLoader {}
