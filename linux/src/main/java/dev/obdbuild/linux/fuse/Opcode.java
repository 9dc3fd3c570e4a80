package dev.obdbuild.linux.fuse;

/** Opcodes that a filesystem of one file receives; all others are answered with ENOSYS. */
public final class Opcode {
  public static final int FORGET = 2;
  public static final int GETATTR = 3;
  public static final int SETATTR = 4;
  public static final int OPEN = 14;
  public static final int READ = 15;
  public static final int WRITE = 16;
  public static final int STATFS = 17;
  public static final int RELEASE = 18;
  public static final int FSYNC = 20;
  public static final int FLUSH = 25;
  public static final int INIT = 26;
  public static final int INTERRUPT = 36;
  public static final int DESTROY = 38;
  public static final int BATCH_FORGET = 42;
  public static final int FALLOCATE = 43;

  private Opcode() {}

  static boolean wantsReply(int opcode) {
    return opcode != FORGET && opcode != BATCH_FORGET && opcode != INTERRUPT;
  }
}
