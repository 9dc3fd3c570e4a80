package dev.obdbuild.linux.mount;

import dev.obdbuild.linux.sys.Libc;
import dev.obdbuild.linux.sys.LinuxException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * mount(2) and umount2(2) in this process's mount namespace. A call that touches a filesystem
 * served by this process belongs on a platform thread that serves nothing.
 */
public final class Mounts {
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;

  private Mounts() {}

  /**
   * Mounts {@code source} of a filesystem {@code type} on an existing {@code target}; {@code data}
   * are its options.
   */
  public static void mount(
      String source, Path target, String type, Set<MountFlag> flags, String data)
      throws LinuxException {
    int result = Holder.CALLS.mount(source, target.toString(), type, MountFlag.bits(flags), data);
    Libc.check(
        result, "mount(" + type + " " + source + " " + flags + " " + data + ")", target.toString());
  }

  /** Shows {@code source} at {@code target} as well. */
  public static void bind(Path source, Path target) throws LinuxException {
    int result =
        Holder.CALLS.mount(
            source.toString(),
            target.toString(),
            null,
            MountFlag.bits(EnumSet.of(MountFlag.BIND)),
            null);
    Libc.check(result, "mount(bind " + source + ")", target.toString());
  }

  /**
   * Changes flags and options of the filesystem mounted at {@code target}. The flags given replace
   * the old ones.
   *
   * @throws LinuxException EBUSY when it is to become read-only and a file is open for writing
   */
  public static void remount(Path target, Set<MountFlag> flags, String data) throws LinuxException {
    EnumSet<MountFlag> all = EnumSet.of(MountFlag.REMOUNT);
    all.addAll(flags);
    int result = Holder.CALLS.mount(null, target.toString(), null, MountFlag.bits(all), data);
    Libc.check(result, "mount(remount " + flags + " " + data + ")", target.toString());
  }

  /**
   * Unmounts the topmost mount at {@code target}. @throws LinuxException EBUSY while it is in use
   */
  public static void unmount(Path target) throws LinuxException {
    Libc.check(
        Holder.CALLS.umount2(target.toString(), UMOUNT_NOFOLLOW), "umount", target.toString());
  }

  /**
   * Takes the topmost mount at {@code target} out of sight at once; it ends when its last user
   * does.
   */
  public static void detach(Path target) throws LinuxException {
    Libc.check(
        Holder.CALLS.umount2(target.toString(), UMOUNT_NOFOLLOW | MNT_DETACH),
        "umount(MNT_DETACH)",
        target.toString());
  }

  /** Binds on first use. */
  private static final class Holder {
    static final MountCalls CALLS = Libc.load(MountCalls.class);
  }
}
