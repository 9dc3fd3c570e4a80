package dev.obdbuild.builder.session.sync;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.protos.fsutil.Packet;
import dev.obdbuild.protos.fsutil.Packet.PacketType;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.worker.content.ContentDigest;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.TreeDir;
import io.grpc.Status;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends a folder: its list of files, and the contents that the other end asks for while the list
 * still goes out. The tree is read on the threads for mounts, the network only waited for on the
 * caller's.
 */
public final class Sender {
  private static final int CHUNK = 32 << 10;
  private static final int BATCH_BYTES = 1 << 20;
  private static final int BATCH_FILES = 64;
  private static final Packet END_OF_LIST =
      Packet.newBuilder().setType(PacketType.PACKET_STAT).build();
  private static final Packet FIN = Packet.newBuilder().setType(PacketType.PACKET_FIN).build();

  private final FileTree tree;
  private final MountThreads threads;
  private final Duplex<Packet, Packet> call;
  private final SentBytes sent;
  private final List<RawPath> files = new ArrayList<>();
  private final Map<Inode, RawPath> joined = new HashMap<>();
  private final Optional<String> known;
  private boolean finished;

  /**
   * Sends to an end that has none of it.
   *
   * @param tree not closed
   * @param call a transfer that has just begun; its window holds as many requests as there may be
   *     files
   * @param sent is told of the packets that are about files
   */
  public Sender(FileTree tree, MountThreads threads, Duplex<Packet, Packet> call, SentBytes sent) {
    this(tree, threads, call, sent, Optional.empty());
  }

  /**
   * @param known the state that the other end has, where it wants to be told of states, see {@link
   *     KnownState}
   */
  public Sender(
      FileTree tree,
      MountThreads threads,
      Duplex<Packet, Packet> call,
      SentBytes sent,
      Optional<String> known) {
    this.known = known;
    this.tree = tree;
    this.threads = threads;
    this.call = call;
    this.sent = sent;
  }

  /** Does the whole transfer; returns when the other end says that it has all it wants. */
  public void run() throws IOException {
    try {
      String state = known.isPresent() ? tree.state() : null;
      if (state != null && state.equals(known.get())) {
        call.send(KnownState.unchanged(state));
        call.finish();
        return;
      }
      directory(RawPath.EMPTY);
      call.send(state == null ? END_OF_LIST : KnownState.endOfList(state));
      while (!finished) {
        Packet packet = call.receive(Duplex.FOREVER);
        if (packet == null) {
          throw new MalformedPacketException("it ended before the receiver had all");
        }
        serve(packet);
      }
      call.send(FIN);
      call.finish();
    } catch (IOException | RuntimeException e) {
      complain(e);
      throw e;
    }
  }

  private record Inode(long device, long number) {
    static Inode of(Stat stat) {
      return new Inode(stat.device(), stat.inode());
    }
  }

  /** A file of a directory, read on a mount thread. */
  private record Listed(RawPath name, Stat stat, RawPath target, Map<String, byte[]> xattrs) {}

  private void directory(RawPath path) throws IOException {
    List<Listed> children = threads.call(() -> list(path));
    for (Listed child : children) {
      RawPath below = path.child(child.name());
      if (child.stat().type() == FileType.SOCKET) {
        continue;
      }
      emit(below, stat(below, child));
      files.add(child.stat().isRegular() ? below : RawPath.EMPTY);
      for (Packet packet = call.poll(); packet != null; packet = call.poll()) {
        serve(packet);
      }
      if (child.stat().isDirectory()) {
        directory(below);
      }
    }
  }

  private List<Listed> list(RawPath path) throws IOException {
    List<Listed> children = new ArrayList<>();
    try (TreeDir dir =
        tree.findDir(path).orElseThrow(() -> new java.nio.file.NoSuchFileException("/" + path))) {
      for (DirEntry entry : dir.list()) {
        Stat stat = dir.stat(entry.name());
        children.add(
            new Listed(
                entry.name(),
                stat,
                stat.isSymlink() ? dir.readlink(entry.name()) : RawPath.EMPTY,
                stat.isSymlink() ? Map.of() : dir.xattrs(entry.name())));
      }
    }
    return children;
  }

  private Packet stat(RawPath path, Listed file) throws IOException {
    Stat stat = file.stat();
    dev.obdbuild.protos.fsutil.Stat.Builder wire =
        dev.obdbuild.protos.fsutil.Stat.newBuilder()
            .setPath(text(path, path))
            .setMode(GoMode.of(stat.type(), stat.permissions()))
            .setUid((int) stat.owner().uid())
            .setGid((int) stat.owner().gid())
            .setModTime(
                Math.addExact(
                    Math.multiplyExact(stat.mtime().seconds(), 1_000_000_000L),
                    stat.mtime().nanos()));
    switch (stat.type()) {
      case REGULAR -> {
        wire.setSize(stat.size());
        RawPath first = stat.links() > 1 ? joined.putIfAbsent(Inode.of(stat), path) : null;
        if (first != null) {
          wire.setLinkname(text(first, path)).setSize(0);
        }
      }
      case SYMLINK -> wire.setLinkname(text(file.target(), path));
      case CHARACTER, BLOCK -> wire.setDevmajor(stat.rdevMajor()).setDevminor(stat.rdevMinor());
      case DIRECTORY, FIFO, SOCKET -> {}
    }
    file.xattrs()
        .forEach(
            (name, value) -> {
              if (!name.equals(ContentDigest.HOST_LABEL)) {
                wire.putXattrs(name, ByteString.copyFrom(value));
              }
            });
    return Packet.newBuilder().setType(PacketType.PACKET_STAT).setStat(wire).build();
  }

  /** Packets carry text; a name that is none cannot be sent. */
  private static String text(RawPath path, RawPath file) throws IOException {
    String text = path.text();
    if (!RawPath.of(text).equals(path)) {
      throw new IOException("/" + file + " has a name or target that is not UTF-8");
    }
    return text;
  }

  private void serve(Packet first) throws IOException {
    List<Integer> ids = new ArrayList<>();
    Packet packet = first;
    while (packet != null) {
      switch (packet.getType()) {
        case PACKET_REQ -> ids.add(packet.getID());
        case PACKET_FIN -> finished = true;
        case PACKET_ERR ->
            throw new IOException("error from receiver: " + packet.getData().toStringUtf8());
        case PACKET_STAT, PACKET_DATA, UNRECOGNIZED ->
            throw new MalformedPacketException(
                "packet of type " + packet.getTypeValue() + " from a receiver");
      }
      packet = finished || ids.size() >= BATCH_FILES ? null : call.poll();
    }
    int at = 0;
    while (at < ids.size()) {
      at += batch(ids.subList(at, ids.size()));
    }
  }

  /** Sends some files, several small ones for one hand-over to the mount threads. */
  private int batch(List<Integer> ids) throws IOException {
    List<Packet> packets = new ArrayList<>();
    int[] done = {0};
    long[] rest = {-1};
    threads.call(
        () -> {
          long bytes = 0;
          while (done[0] < ids.size() && bytes < BATCH_BYTES && rest[0] < 0) {
            int id = ids.get(done[0]++);
            long at = read(id, 0, packets);
            bytes += at;
            rest[0] = at < BATCH_BYTES ? -1 : at;
          }
          return null;
        });
    for (Packet packet : packets) {
      emit(files.get(packet.getID()), packet);
    }
    long at = rest[0];
    int id = ids.get(done[0] - 1);
    while (at >= 0) {
      long from = at;
      packets.clear();
      long read = threads.call(() -> read(id, from, packets));
      for (Packet packet : packets) {
        emit(files.get(id), packet);
      }
      at = read < BATCH_BYTES ? -1 : from + read;
    }
    return done[0];
  }

  /**
   * Reads at most a batch of a file, and adds the packet that ends it when there is no more.
   *
   * @return bytes read; less than a batch at the end
   */
  private long read(int id, long from, List<Packet> packets) throws IOException {
    if (id < 0 || id >= files.size() || files.get(id).isEmpty()) {
      throw new MalformedPacketException(
          "file " + Integer.toUnsignedString(id) + " is asked for, which is none");
    }
    RawPath path = files.get(id);
    long total = 0;
    try (OpenFile file = tree.read(path);
        Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(CHUNK);
      while (total < BATCH_BYTES) {
        int n = file.read(buffer, from + total);
        if (n == 0) {
          tree.confirm(path, file);
          break;
        }
        packets.add(data(id, ByteString.copyFrom(buffer.asSlice(0, n).asByteBuffer())));
        total += n;
      }
    }
    if (total < BATCH_BYTES) {
      packets.add(data(id, ByteString.EMPTY));
    }
    return total;
  }

  private static Packet data(int id, ByteString bytes) {
    return Packet.newBuilder().setType(PacketType.PACKET_DATA).setID(id).setData(bytes).build();
  }

  private void emit(RawPath path, Packet packet) throws IOException {
    call.send(packet);
    sent.of(path, packet.getSerializedSize());
  }

  private void complain(Exception why) {
    String text = String.valueOf(why.getMessage());
    try {
      call.sendNow(
          Packet.newBuilder()
              .setType(PacketType.PACKET_ERR)
              .setData(ByteString.copyFromUtf8(text))
              .build());
    } catch (IOException | RuntimeException e) {
      why.addSuppressed(e);
    }
    call.abort(Status.CANCELLED.withDescription(text));
  }
}
