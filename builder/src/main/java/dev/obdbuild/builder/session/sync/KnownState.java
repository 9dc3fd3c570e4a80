package dev.obdbuild.builder.session.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.obdbuild.protos.fsutil.Packet;
import dev.obdbuild.protos.fsutil.Packet.PacketType;
import io.grpc.Metadata;
import java.util.Optional;

/**
 * Spares the list of a folder that is as it was, between a daemon and a client that are both ours.
 * The daemon names, in a header of the call, the state that its copy is of. A client that finds its
 * folder in that state (see {@code FileTree.state}) answers by FIN with the state as data, and
 * nothing else; otherwise it sends the folder as ever and names its state in the data of the packet
 * that ends the list. Other clients do not know the header; other daemons do not send it.
 */
public final class KnownState {
  private static final Metadata.Key<byte[]> HEADER =
      Metadata.Key.of("obd-known-state-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private static final int LONGEST = 256;

  private KnownState() {}

  /**
   * Asks for states.
   *
   * @param state of the copy that is there; empty where it has none
   */
  public static void ask(Metadata headers, String state) {
    headers.put(HEADER, state.getBytes(UTF_8));
  }

  /** The state that {@link #ask} put there; nothing where states are not asked for. */
  public static Optional<String> asked(Metadata headers) {
    return Optional.ofNullable(headers.get(HEADER)).map(state -> new String(state, UTF_8));
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
