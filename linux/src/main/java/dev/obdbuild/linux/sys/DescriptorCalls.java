package dev.obdbuild.linux.sys;

/** Functions on descriptors. Public only because generated code implements it. */
public interface DescriptorCalls {
  int open(CharSequence path, int flags, int mode);

  int close(int fd);

  int ioctl(int fd, long request, long argument);
}
