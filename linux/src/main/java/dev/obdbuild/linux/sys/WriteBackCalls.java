package dev.obdbuild.linux.sys;

/** Page cache functions. Public only because generated code implements it. */
public interface WriteBackCalls {
  int sync_file_range(int fd, long offset, long length, int flags);
}
