package dev.obdbuild.builder.session.sync;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.protos.fsutil.Packet;
import dev.obdbuild.protos.fsutil.Packet.PacketType;
import dev.obdbuild.snapshots.mount.MountThreads;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Receives a folder onto a disk: over what is there already, or as a mirror. Files belong to
 * whoever writes them; no symlink that is there already leads out of the folder.
 */
public final class FolderWriter {
  private static final Packet FIN = Packet.newBuilder().setType(PacketType.PACKET_FIN).build();

  private final Path folder;
  private final boolean mirror;
  private final MountThreads threads;
  private final Duplex<Packet, Packet> call;
  private final StatOrder order = new StatOrder();
  private final List<SyncEntry> entries = new ArrayList<>();
  private final Map<Integer, OpenFile> open = new HashMap<>();
  private int wanted;

  /**
   * @param threads write the files
   * @param call a transfer that has just begun
   */
  public FolderWriter(
      Path folder, boolean mirror, MountThreads threads, Duplex<Packet, Packet> call) {
    this.folder = folder;
    this.mirror = mirror;
    this.threads = threads;
    this.call = call;
  }

  /** Does the whole transfer. What has been written stays when it fails. */
  public void run() throws IOException {
    Files.createDirectories(folder);
    try (Root root = Root.open(folder)) {
      list(root);
      while (wanted > 0) {
        Packet packet = next();
        if (packet.getType() != PacketType.PACKET_DATA) {
          throw new MalformedPacketException(
              "packet of type " + packet.getTypeValue() + " where data is expected");
        }
        threads.call(() -> data(root, packet));
      }
      threads.call(() -> finish(root));
      call.sendNow(FIN);
      while (call.receive(Receiver.PATIENCE) != null) {
        // The sender says FIN too and ends; nothing else is to come.
      }
    } finally {
      for (OpenFile file : open.values()) {
        file.close();
      }
    }
  }

  private Packet next() throws IOException {
    Packet packet = call.receive(Receiver.PATIENCE);
    if (packet == null) {
      throw new MalformedPacketException("it ended before all files had come");
    }
    if (packet.getType() == PacketType.PACKET_ERR) {
      throw new IOException("error from sender: " + packet.getData().toStringUtf8());
    }
    return packet;
  }

  private void list(Root root) throws IOException {
    for (Packet packet = next(); packet.hasStat(); packet = next()) {
      if (packet.getType() != PacketType.PACKET_STAT) {
        throw new MalformedPacketException("a file's description in another packet");
      }
      SyncEntry entry = order.next(packet.getStat());
      entries.add(entry);
    }
    threads.call(
        () -> {
          if (mirror) {
            removeOthers(root);
          }
          for (SyncEntry entry : entries) {
            prepare(root, entry);
          }
          return null;
        });
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).hasContent()) {
        wanted++;
        call.sendNow(Packet.newBuilder().setType(PacketType.PACKET_REQ).setID(i).build());
      }
    }
  }

  private void removeOthers(Root root) throws IOException {
    Set<RawPath> kept = new HashSet<>();
    entries.forEach(entry -> kept.add(entry.path()));
    try (Dir top = root.dir(RawPath.EMPTY)) {
      removeOthers(top, kept);
    }
  }

  private static void removeOthers(Dir dir, Set<RawPath> kept) throws IOException {
    for (DirEntry entry : dir.list()) {
      if (!kept.contains(dir.path().child(entry.name()))) {
        dir.remove(entry.name());
      } else if (entry.type() == FileType.DIRECTORY) {
        try (Dir below = dir.openDir(entry.name())) {
          removeOthers(below, kept);
        }
      }
    }
  }

  /** Makes what has no content; files are made when their content comes. */
  private static void prepare(Root root, SyncEntry entry) throws IOException {
    RawPath name = entry.path().name();
    try (Dir dir = root.dir(entry.path().parent())) {
      boolean isDirectory = dir.find(name).map(stat -> stat.isDirectory()).orElse(false);
      if (entry.type() == FileType.DIRECTORY) {
        if (!isDirectory) {
          dir.remove(name);
          dir.mkdir(name, 0700);
        }
        return;
      }
      dir.remove(name);
      switch (entry.type()) {
        case SYMLINK -> dir.symlink(name, entry.link());
        case CHARACTER, BLOCK, FIFO ->
            dir.mknod(name, entry.type(), entry.permissions(), entry.major(), entry.minor());
        case REGULAR, DIRECTORY, SOCKET -> {}
      }
    }
  }

  private boolean data(Root root, Packet packet) throws IOException {
    int id = packet.getID();
    if (id < 0 || id >= entries.size() || !entries.get(id).hasContent()) {
      throw new MalformedPacketException("data of no file: " + Integer.toUnsignedString(id));
    }
    SyncEntry entry = entries.get(id);
    OpenFile file = open.get(id);
    if (file == null) {
      try (Dir dir = root.dir(entry.path().parent())) {
        file = dir.createFile(entry.path().name());
      }
      open.put(id, file);
    }
    ByteString bytes = packet.getData();
    if (!bytes.isEmpty()) {
      file.write(MemorySegment.ofArray(bytes.toByteArray()));
      return false;
    }
    for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
      file.setXattr(xattr.getKey(), xattr.getValue());
    }
    file.chmod(entry.permissions());
    file.times(time(entry), time(entry));
    open.remove(id);
    file.close();
    wanted--;
    return true;
  }

  private static UnixTime time(SyncEntry entry) {
    return new UnixTime(
        Math.floorDiv(entry.modified(), 1_000_000_000L),
        (int) Math.floorMod(entry.modified(), 1_000_000_000L));
  }

  /** Hard links, and the folders' own modes and times, which writing into them changes. */
  private boolean finish(Root root) throws IOException {
    for (SyncEntry entry : entries.reversed()) {
      RawPath name = entry.path().name();
      try (Dir dir = root.dir(entry.path().parent())) {
        if (entry.isHardLink()) {
          try (Dir other = root.dir(entry.link().parent())) {
            dir.link(name, other, entry.link().name());
          }
        } else if (entry.type() == FileType.DIRECTORY) {
          dir.chmod(name, entry.permissions());
          dir.times(name, time(entry), time(entry));
        } else if (!entry.hasContent()) {
          dir.times(name, time(entry), time(entry));
        }
      }
    }
    return true;
  }
}
