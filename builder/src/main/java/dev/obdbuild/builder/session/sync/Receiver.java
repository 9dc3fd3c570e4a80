package dev.obdbuild.builder.session.sync;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.llb.pattern.PathPatterns;
import dev.obdbuild.protos.fsutil.Packet;
import dev.obdbuild.protos.fsutil.Packet.PacketType;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Receives a folder: reads the list of files, asks at once for those that the last copy does not
 * have, puts them into the pool as they come. One thread does it all, so that a small file costs no
 * hand-over.
 */
final class Receiver {
  /** How long a client may take to find or read the next thing. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  /** A sender has a few files under way at a time; more than this is no sender. */
  private static final int MOST_STARTED = 256;

  private static final Packet FIN = Packet.newBuilder().setType(PacketType.PACKET_FIN).build();

  private final Duplex<Packet, Packet> call;
  private final Pool pool;
  private final Intake intake;
  private final Former former;
  private final LongConsumer transferred;
  private final StatOrder order = new StatOrder();
  private final List<SyncEntry> entries = new ArrayList<>();

  /** Numbers of files at the sender, and which of the entries they are. */
  private final Map<Integer, Integer> asked = new HashMap<>();

  private final Map<Integer, Received> started = new HashMap<>();
  private final @Nullable FileList list;
  private final String known;
  private String state = "";
  private int told;
  private boolean listed;
  private boolean unchanged;

  /**
   * @param former the last copy
   * @param wantedOfListed which files are transferred where the others are only listed
   * @param known the state of the last copy that the sender was told of, or empty
   * @param transferred told bytes as they come
   */
  Receiver(
      Duplex<Packet, Packet> call,
      Pool pool,
      Former former,
      Optional<PathPatterns> wantedOfListed,
      String known,
      LongConsumer transferred) {
    this.known = known;
    this.call = call;
    this.pool = pool;
    this.intake = new Intake(pool);
    this.former = former;
    this.list = wantedOfListed.map(wanted -> new FileList(wanted, intake)).orElse(null);
    this.transferred = transferred;
  }

  /**
   * Does the whole transfer.
   *
   * @return the folder's files in order; those unchanged are the very entries of the last copy
   */
  List<SyncEntry> run() throws IOException {
    try {
      while (!listed || !asked.isEmpty()) {
        Packet packet = receive();
        if (packet == null) {
          throw new MalformedPacketException("it ended before all files had come");
        }
        accept(packet);
        if (unchanged) {
          drain();
          call.finish();
          return former.entries;
        }
      }
      call.sendNow(FIN);
      drain();
      call.finish();
      if (list != null) {
        insert(list.complete());
      }
      if (!former.isStill(entries)) {
        new Repacking(pool, intake).run(entries);
      }
      intake.finish();
      return linked();
    } catch (IOException | RuntimeException e) {
      complain(e);
      discard();
      throw e;
    }
  }

  /** The next packet, counted whatever it is; null at the end. */
  private @Nullable Packet receive() throws IOException {
    Packet packet = call.receive(PATIENCE);
    if (packet != null) {
      transferred.accept(packet.getSerializedSize());
    }
    return packet;
  }

  private void accept(Packet packet) throws IOException {
    switch (packet.getType()) {
      case PACKET_STAT -> stat(packet);
      case PACKET_DATA -> data(packet);
      case PACKET_ERR -> throw new IOException("error from sender: " + text(packet.getData()));
      case PACKET_FIN -> unchanged(packet);
      case PACKET_REQ, UNRECOGNIZED ->
          throw new MalformedPacketException(
              "packet of type " + packet.getTypeValue() + " while files are expected");
    }
  }

  private void unchanged(Packet packet) throws MalformedPacketException {
    if (told > 0 || listed || known.isEmpty() || !KnownState.of(packet).equals(known)) {
      throw new MalformedPacketException("the end while files are expected");
    }
    state = known;
    unchanged = true;
  }

  /** The state that the sender named, after {@link #run}; empty where it named none. */
  String state() {
    return state;
  }

  private static String text(ByteString data) {
    return data.substring(0, Math.min(data.size(), 4096)).toStringUtf8();
  }

  private void stat(Packet packet) throws IOException {
    if (listed) {
      throw new MalformedPacketException("a file after the end of the list");
    }
    if (!packet.hasStat()) {
      state = KnownState.of(packet);
      listed = true;
      return;
    }
    SyncEntry entry = order.next(packet.getStat());
    int id = told++;
    if (list == null) {
      take(entry, id);
    } else {
      for (SyncEntry each : list.add(packet.getStat(), entry)) {
        take(each, id);
      }
    }
  }

  /** Takes an entry in; only a file, which has a number, is asked for. */
  private void take(SyncEntry entry, int id) throws IOException {
    SyncEntry same = former.find(entry);
    if (same == null && entry.hasContent()) {
      asked.put(id, entries.size());
      // Not waited for: the sender may be waiting for us to take its list.
      call.sendNow(Packet.newBuilder().setType(PacketType.PACKET_REQ).setID(id).build());
    }
    entries.add(same == null ? entry : same);
  }

  /** Where a walk would find it. */
  private void insert(SyncEntry entry) {
    int at = 0;
    while (at < entries.size() && Former.compare(entries.get(at).path(), entry.path()) < 0) {
      at++;
    }
    entries.add(at, entry);
  }

  private void data(Packet packet) throws IOException {
    int id = packet.getID();
    Integer index = asked.get(id);
    if (index == null) {
      throw new MalformedPacketException(
          "data of file " + Integer.toUnsignedString(id) + ", which was not asked for");
    }
    Received file = started.get(id);
    if (file == null) {
      if (started.size() >= MOST_STARTED) {
        throw new MalformedPacketException("more than " + MOST_STARTED + " files at a time");
      }
      file = new Received(intake);
      started.put(id, file);
    }
    if (packet.getData().isEmpty()) {
      started.remove(id);
      asked.remove(id);
      entries.set(index, file.complete(entries.get(index)));
    } else {
      file.add(packet.getData());
    }
  }

  private void drain() throws IOException {
    for (Packet packet = receive(); packet != null; packet = receive()) {
      if (packet.getType() == PacketType.PACKET_ERR) {
        throw new IOException("error from sender: " + text(packet.getData()));
      }
    }
  }

  /** Hard links get the content of the file they join. */
  private List<SyncEntry> linked() throws MalformedPacketException {
    if (entries.stream().noneMatch(SyncEntry::isHardLink)) {
      return entries;
    }
    Map<RawPath, SyncEntry> files = new HashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      SyncEntry entry = entries.get(i);
      if (entry.hasContent()) {
        files.put(entry.path(), entry);
      } else if (entry.isHardLink()) {
        SyncEntry target = files.get(entry.link());
        if (target == null) {
          throw new MalformedPacketException("/" + entry.path() + " is a hard link to nothing");
        }
        if (entry.content() != target.content()) {
          entries.set(i, entry.withContent(target.content(), target.size(), target.sha256()));
        }
      }
    }
    return entries;
  }

  private void complain(Exception why) {
    try {
      call.sendNow(
          Packet.newBuilder()
              .setType(PacketType.PACKET_ERR)
              .setData(ByteString.copyFromUtf8(String.valueOf(why.getMessage())))
              .build());
    } catch (IOException | RuntimeException e) {
      why.addSuppressed(e);
    }
    call.abort(Status.CANCELLED.withDescription(String.valueOf(why.getMessage())));
  }

  /** Takes back what was written, so that a transfer that failed leaves nothing. */
  void discard() throws IOException {
    for (Received file : started.values()) {
      file.close();
    }
    if (list != null) {
      list.close();
    }
    intake.discard();
  }

  /** The last copy, asked in the order of its files. */
  static final class Former {
    private final List<SyncEntry> entries;
    private int at;

    Former(List<SyncEntry> entries) {
      this.entries = entries;
    }

    /** The file that {@code entry} still is, or null. */
    @Nullable SyncEntry find(SyncEntry entry) {
      while (at < entries.size() && compare(entries.get(at).path(), entry.path()) < 0) {
        at++;
      }
      return at < entries.size() && entries.get(at).isStill(entry) ? entries.get(at) : null;
    }

    /** Whether these are its very entries. */
    boolean isStill(List<SyncEntry> now) {
      if (now.size() != entries.size()) {
        return false;
      }
      for (int i = 0; i < now.size(); i++) {
        if (now.get(i) != entries.get(i)) {
          return false;
        }
      }
      return true;
    }

    /** The order of a walk: a folder's files stand right behind it. */
    private static int compare(RawPath one, RawPath other) {
      String a = one.latin1();
      String b = other.latin1();
      int common = Math.min(a.length(), b.length());
      for (int i = 0; i < common; i++) {
        int x = a.charAt(i) == '/' ? -1 : a.charAt(i);
        int y = b.charAt(i) == '/' ? -1 : b.charAt(i);
        if (x != y) {
          return Integer.compare(x, y);
        }
      }
      return Integer.compare(a.length(), b.length());
    }
  }
}
