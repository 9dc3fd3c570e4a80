package dev.obdbuild.linux.net;

import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/** Socket and namespace functions. Public only because generated code implements it. */
public interface NetCalls {
  int socket(int domain, int type, int protocol);

  int close(int fd);

  long send(int fd, @In byte[] message, long length, int flags);

  long recv(int fd, @Out byte[] into, long length, int flags);

  int if_nametoindex(CharSequence name);

  int unshare(int flags);
}
