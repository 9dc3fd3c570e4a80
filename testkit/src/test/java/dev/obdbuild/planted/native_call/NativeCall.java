package dev.obdbuild.planted.native_call;

import java.lang.foreign.Linker;

/** Binds native code outside linux. */
public final class NativeCall {
  public Linker linker() {
    return Linker.nativeLinker();
  }
}
