package dev.obdbuild.linux.mount;

import org.jspecify.annotations.Nullable;

/** Mount functions. Public only because generated code implements it. */
public interface MountCalls {
  int mount(
      @Nullable CharSequence source,
      CharSequence target,
      @Nullable CharSequence type,
      long flags,
      @Nullable CharSequence data);

  int umount2(CharSequence target, int flags);
}
