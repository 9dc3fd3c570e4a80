package dev.obdbuild.linux.loop;

/** Making nodes. Public only because generated code implements it. */
public interface NodeCalls {
  int mknod(CharSequence path, int mode, long device);
}
