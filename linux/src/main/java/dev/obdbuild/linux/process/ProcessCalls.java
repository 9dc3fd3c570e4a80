package dev.obdbuild.linux.process;

/** Process functions. Public only because generated code implements it. */
public interface ProcessCalls {
  int kill(int pid, int signal);

  int waitpid(int pid, long status, int options);

  long syscall(long number, long arg1, long arg2, long arg3);

  int prctl(int option, long arg2, long arg3, long arg4, long arg5);
}
