package dev.obdbuild.linux.process;

/** Process functions. Public only because generated code implements it. */
public interface ProcessCalls {
  int kill(int pid, int signal);

  int prctl(int option, long arg2, long arg3, long arg4, long arg5);
}
