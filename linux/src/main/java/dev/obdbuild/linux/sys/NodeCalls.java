package dev.obdbuild.linux.sys;

/** Making nodes. Public only because generated code implements it. */
public interface NodeCalls {
  int mknod(CharSequence path, int mode, long device);
}
