package dev.obdbuild.builder.session.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.protos.fsutil.Packet;
import dev.obdbuild.protos.fsutil.Packet.PacketType;
import dev.obdbuild.protos.fsutil.Stat;
import io.grpc.stub.ClientCallStreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A receiver whose sender does not keep to the protocol. */
@Timeout(30)
final class MalformedPacketsTest {
  private static final int DIRECTORY = 1 << 31;

  @TempDir Path temp;

  /** The outgoing half of a call that nobody listens to. */
  private static final class Unheard extends ClientCallStreamObserver<Packet> {
    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {}

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnReadyHandler(Runnable onReadyHandler) {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoRequestWithInitial(int count) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void onNext(Packet value) {}

    @Override
    public void onError(Throwable t) {}

    @Override
    public void onCompleted() {}
  }

  private List<SyncEntry> receive(List<Packet> packets) throws IOException {
    Duplex<Packet, Packet> call = new Duplex<>("transfer", 16);
    call.beforeStart(new Unheard());
    packets.forEach(call::onNext);
    call.onCompleted();
    Pool pool = Pool.open(temp.resolve("pool"), new long[0]);
    return new Receiver(
            call, pool, new Receiver.Former(List.of()), Optional.empty(), "", bytes -> {})
        .run();
  }

  private static Packet stat(Stat.Builder stat) {
    return Packet.newBuilder().setType(PacketType.PACKET_STAT).setStat(stat).build();
  }

  private static Packet file(String path) {
    return stat(Stat.newBuilder().setPath(path).setMode(0644).setSize(3));
  }

  private static Packet folder(String path) {
    return stat(Stat.newBuilder().setPath(path).setMode(DIRECTORY | 0755));
  }

  private static Packet end() {
    return Packet.getDefaultInstance();
  }

  private static Packet data(int id, String text) {
    return Packet.newBuilder()
        .setType(PacketType.PACKET_DATA)
        .setID(id)
        .setData(ByteString.copyFromUtf8(text))
        .build();
  }

  private static Packet fin() {
    return Packet.newBuilder().setType(PacketType.PACKET_FIN).build();
  }

  private static List<Packet> good() {
    return List.of(
        folder("a"),
        file("a/b"),
        file("a.txt"),
        end(),
        data(1, "x"),
        data(2, "yz"),
        data(2, ""),
        data(1, ""),
        fin());
  }

  @Test
  void aGoodTransferIsTaken() throws Exception {
    assertThat(receive(good()))
        .extracting(e -> e.path() + " " + e.size())
        .containsExactly("a 0", "a/b 1", "a.txt 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "/a", "..", "../a", "a/..", "a/../b", ".", "./a", "a//b", "a/", "a\0b", "x/y"
      })
  void pathsThatLeadOutOrAreNotCleanAreRefused(String path) {
    assertThatThrownBy(() -> receive(List.of(file(path), end())))
        .isInstanceOf(MalformedPacketException.class);
  }

  @Test
  void filesOutOfOrderTwiceOrBelowAFileAreRefused() {
    for (List<String> paths :
        List.of(List.of("b", "a"), List.of("a", "a"), List.of("a", "a/b"), List.of("b/c"))) {
      List<Packet> packets = new ArrayList<>(paths.stream().map(p -> file(p)).toList());
      packets.add(end());
      assertThatThrownBy(() -> receive(packets)).isInstanceOf(MalformedPacketException.class);
    }
  }

  @Test
  void linksSizesModesAndAttributesAreChecked() {
    for (Stat.Builder stat :
        List.of(
            Stat.newBuilder().setPath("a").setMode(0644).setLinkname("b"),
            Stat.newBuilder().setPath("a").setMode(0644).setLinkname("../b"),
            Stat.newBuilder().setPath("a").setMode(0644).setSize(-1),
            Stat.newBuilder().setPath("a").setMode(1 << 27),
            Stat.newBuilder().setPath("a").setMode(1 << 24),
            Stat.newBuilder().setPath("a").setMode(1 << 9),
            Stat.newBuilder().setPath("a").setMode(DIRECTORY | 1 << 27),
            Stat.newBuilder().setPath("a").setMode(1 << 26).setDevmajor(-1),
            Stat.newBuilder().setPath("a").putXattrs("", ByteString.EMPTY),
            Stat.newBuilder().setPath("x".repeat(256)))) {
      assertThatThrownBy(() -> receive(List.of(stat(stat), end())))
          .isInstanceOf(MalformedPacketException.class);
    }
  }

  @Test
  void anErrorOfTheSenderIsTold() {
    assertThatThrownBy(
            () ->
                receive(
                    List.of(
                        Packet.newBuilder()
                            .setType(PacketType.PACKET_ERR)
                            .setData(ByteString.copyFromUtf8("disk on fire"))
                            .build())))
        .hasMessageContaining("disk on fire");
  }

  @Test
  void mutatedTransfersEndOrFailAndLeaveNothingHalf() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 3000; i++) {
      List<Packet> packets = new ArrayList<>(good());
      int at = random.nextInt(packets.size());
      switch (random.nextInt(4)) {
        case 0 -> packets.remove(at);
        case 1 -> packets.add(at, packets.get(random.nextInt(packets.size())));
        case 2 -> java.util.Collections.swap(packets, at, random.nextInt(packets.size()));
        default -> {
          byte[] bytes = packets.get(at).toByteArray();
          if (bytes.length == 0) {
            continue;
          }
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          try {
            packets.set(at, Packet.parseFrom(bytes));
          } catch (IOException e) {
            continue;
          }
        }
      }
      List<SyncEntry> entries;
      try {
        entries = receive(packets);
      } catch (IOException e) {
        assertThat(e).hasMessageNotContaining("null");
        assertThat(stored()).isZero();
        continue;
      }
      assertThat(stored())
          .isEqualTo(
              entries.stream()
                  .filter(e -> e.content() > 0)
                  .mapToLong(e -> Place.file(e.content()))
                  .distinct()
                  .count());
    }
  }

  /** Files in the pool; opening it for no copy empties it. */
  private long stored() throws IOException {
    try (Stream<Path> all = Files.walk(temp.resolve("pool"))) {
      return all.filter(Files::isRegularFile).count();
    }
  }
}
