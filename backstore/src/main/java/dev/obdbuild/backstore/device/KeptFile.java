package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.fuse.FuseSession;
import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.process.Keeper;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a keeper says of the device whose /dev/fuse and loop device it holds open: the counterpart
 * of a TCMU device's configuration string. Its label is the mounted file.
 *
 * @param file that FUSE is mounted on
 * @param maxTransfer agreed with the kernel for as long as the mount lasts
 */
record KeptFile(
    Path file, String name, long size, int sectorSize, boolean readOnly, int maxTransfer) {
  private static final int FUSE = 0;
  private static final int LOOP = 1;
  private static final Pattern NOTE =
      Pattern.compile(
          "(?<mode>r[wo])/(?<size>[0-9]{1,18})/(?<sector>[0-9]{3,4})/(?<transfer>[0-9]{4,7})/(?<name>"
              + FuseLoopExporter.NAME
              + ")");

  /** Starts the keeper of a device that is served already. */
  Keeper keep(FuseSession session, LoopDevice.Attached loop) throws IOException {
    String note = (readOnly ? "ro/" : "rw/") + size + "/" + sectorSize + "/" + maxTransfer;
    return Keeper.start(file.toString(), note + "/" + name, List.of(session.device(), loop.node()));
  }

  /** What a keeper holds, if it is one of ours. */
  static Optional<KeptFile> of(Keeper keeper) {
    Matcher note = NOTE.matcher(keeper.note());
    if (!note.matches()) {
      return Optional.empty();
    }
    Path file;
    try {
      file = Path.of(keeper.label());
    } catch (InvalidPathException e) {
      return Optional.empty(); // no keeper of ours has such a one
    }
    return Optional.of(
        new KeptFile(
            file,
            note.group("name"),
            Long.parseLong(note.group("size")),
            Integer.parseInt(note.group("sector")),
            note.group("mode").equals("ro"),
            Integer.parseInt(note.group("transfer"))));
  }

  Orphan orphan() {
    return new Orphan(DeviceSweep.FUSE_LOOP, file.toString(), name, size, sectorSize, readOnly);
  }

  /** The keeper that {@link #orphan} was made of. */
  static Keeper keeper(Orphan orphan) throws IOException {
    return Keeper.all().stream()
        .filter(keeper -> of(keeper).filter(kept -> kept.orphan().equals(orphan)).isPresent())
        .findFirst()
        .orElseThrow(() -> new IOException("the keeper of " + orphan + " is gone"));
  }

  static FuseSession session(Keeper keeper) throws IOException {
    return FuseSession.adopt(keeper.take(FUSE), Path.of(keeper.label()));
  }

  static LoopDevice.Attached loop(Keeper keeper) throws IOException {
    Path node = keeper.target(LOOP);
    LoopDevice loop =
        LoopDevice.ofNode(node)
            .orElseThrow(() -> new IOException("keeper of " + keeper.label() + " holds " + node));
    return new LoopDevice.Attached(loop, keeper.take(LOOP));
  }
}
