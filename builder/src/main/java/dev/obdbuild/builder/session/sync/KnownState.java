package dev.obdbuild.builder.session.sync;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.session.HeaderText;
import dev.obdbuild.protos.fsutil.Packet;
import dev.obdbuild.protos.fsutil.Packet.PacketType;
import io.grpc.Metadata;
import java.util.List;
import java.util.Optional;

/**
 * Spares the list of a folder that is as it was, between a daemon and a client that are both ours.
 * The daemon names, in a header of the call, the state that its copy is of. A client that finds its
 * folder in that state (see {@code FileTree.state}) answers by FIN with the state as data, and
 * nothing else; otherwise it sends the folder as ever and names its state in the data of the packet
 * that ends the list. Other clients do not know the header; other daemons do not send it.
 */
public final class KnownState {
  private static final String HEADER = "obd-known-state";
  private static final String NONE = "none";
  private static final int LONGEST = 256;

  private KnownState() {}

  /**
   * Asks for states.
   *
   * @param state of the copy that is there; empty where it has none
   */
  public static void ask(Metadata headers, String state) {
    HeaderText.put(headers, HEADER, List.of(state.isEmpty() ? NONE : state));
  }

  /** What {@link #ask} put there; empty where states are not asked for. */
  public static Optional<String> asked(Metadata headers) {
    return HeaderText.all(headers, HEADER).stream().findFirst();
  }

  static Packet unchanged(String state) {
    return packet(PacketType.PACKET_FIN, state);
  }

  static Packet endOfList(String state) {
    return packet(PacketType.PACKET_STAT, state);
  }

  private static Packet packet(PacketType type, String state) {
    return Packet.newBuilder().setType(type).setData(ByteString.copyFromUtf8(state)).build();
  }

  /** The state that a packet names; empty where it names none. */
  static String of(Packet packet) throws MalformedPacketException {
    if (packet.getData().size() > LONGEST) {
      throw new MalformedPacketException("a state's name of " + packet.getData().size() + " bytes");
    }
    return packet.getData().toStringUtf8();
  }
}
