package dev.obdbuild.linux.process;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.Libc;
import dev.obdbuild.linux.sys.LinuxException;
import java.util.Arrays;
import java.util.Optional;

/** Signals that we send. */
public enum Signal {
  HUP(1),
  INT(2),
  QUIT(3),
  ABRT(6),
  KILL(9),
  USR1(10),
  SEGV(11),
  USR2(12),
  PIPE(13),
  ALRM(14),
  TERM(15),
  CHLD(17),
  CONT(18),
  STOP(19),
  TSTP(20),
  TTIN(21),
  TTOU(22),
  WINCH(28);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  /** The signal of a name such as {@code SIGTERM} or {@code TERM}. */
  public static Optional<Signal> named(String name) {
    String wanted = name.startsWith("SIG") ? name.substring(3) : name;
    return Arrays.stream(values()).filter(signal -> signal.name().equals(wanted)).findFirst();
  }

  /** The number. */
  public int number() {
    return number;
  }

  /** Sends to one process. @return false when there is no such process */
  public boolean send(long pid) throws LinuxException {
    return deliver(positive(pid));
  }

  /** Sends to every process of a group. @return false when the group has no member */
  public boolean sendToGroup(long group) throws LinuxException {
    return deliver(-positive(group));
  }

  private boolean deliver(int target) throws LinuxException {
    if (ProcessSettings.CALLS.kill(target, number) == 0) {
      return true;
    }
    if (Libc.errno() == Errno.ESRCH) {
      return false;
    }
    throw new LinuxException(
        "kill(" + this + ")",
        (target < 0 ? "group " : "process ") + Math.abs(target),
        Libc.errno());
  }

  /** 0, 1 and -1 mean "my group", init and "everybody" to kill(2). */
  private static int positive(long pid) {
    if (pid <= 1 || pid > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("pid " + pid);
    }
    return (int) pid;
  }
}
