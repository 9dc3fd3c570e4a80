package dev.obdbuild.linux.terminal;

import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/** Reading and writing of descriptors. Public only because generated code implements it. */
public interface TerminalCalls {
  long read(int fd, @Out byte[] into, long length);

  long write(int fd, @In byte[] from, long length);
}
