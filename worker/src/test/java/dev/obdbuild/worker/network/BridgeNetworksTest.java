package dev.obdbuild.worker.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.snapshots.SnapshotsConfig;
import dev.obdbuild.snapshots.layer.RemoteBlobs;
import dev.obdbuild.testkit.ChildJvm;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real bridge with real namespaces on it. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"nft", "nsenter", "busybox"})
@Timeout(60)
final class BridgeNetworksTest {

  @TempDir Path folder;
  private Snapshots snapshots;

  @BeforeEach
  void open() throws IOException {
    snapshots = open(folder.resolve("root"));
  }

  private static Snapshots open(Path root) throws IOException {
    RemoteBlobs none =
        new RemoteBlobs() {
          @Override
          public Layer layer(LayerBlob blob) throws IOException {
            throw new IOException("no layers here");
          }

          @Override
          public InputStream stream(LayerBlob blob) throws IOException {
            throw new IOException("no layers here");
          }
        };
    return Snapshots.open(SnapshotsConfig.of(root, FuseLoopExporter::new, none));
  }

  @AfterEach
  void close() throws IOException {
    snapshots.close();
  }

  private Networks bridge() throws IOException {
    return bridge(snapshots, folder);
  }

  private static Networks bridge(Snapshots snapshots, Path folder) throws IOException {
    return Networks.open(
        NetworkConfig.of(NetworkConfig.Mode.BRIDGE, folder.resolve("cni")), snapshots.journal());
  }

  private static Set<String> interfaces() throws IOException {
    Set<String> names = new HashSet<>();
    NetworkInterface.networkInterfaces().forEach(found -> names.add(found.getName()));
    return names;
  }

  private static String inside(Networks.Attachment network, String... command) throws IOException {
    List<String> all =
        new java.util.ArrayList<>(
            List.of("nsenter", "--net=" + network.namespace().orElseThrow(), "--"));
    all.addAll(List.of(command));
    Tool.Outcome outcome = Tool.run(all, "", Map.of());
    return outcome.out() + outcome.err();
  }

  @Test
  void eachContainerReachesTheHostAndTheOthersFromAnAddressOfItsOwn() throws Exception {
    Set<String> before = interfaces();
    try (Networks bridge = bridge();
        Networks.Attachment one = bridge.attach("one");
        Networks.Attachment two = bridge.attach("two")) {
      String first = inside(one, "busybox", "ip", "-4", "-o", "addr", "show", "eth0");
      String second = inside(two, "busybox", "ip", "-4", "-o", "addr", "show", "eth0");
      assertThat(first).contains("inet 10.").isNotEqualTo(second);
      String address = second.split("inet ")[1].split("/")[0];
      assertThat(inside(one, "busybox", "ping", "-c", "1", address)).contains("1 packets received");

      // The way out: to an address of the host that is not the bridge's.
      InetAddress host = InetAddress.getByName(address.replaceAll("[0-9]+$", "1"));
      try (ServerSocket server = new ServerSocket()) {
        server.bind(new InetSocketAddress(host, 0));
        Thread answering =
            Thread.ofVirtual()
                .start(
                    () -> {
                      try (var peer = server.accept()) {
                        peer.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
                      } catch (IOException e) {
                        throw new IllegalStateException(e);
                      }
                    });
        assertThat(
                inside(
                    one,
                    "busybox",
                    "nc",
                    "-w",
                    "5",
                    host.getHostAddress(),
                    Integer.toString(server.getLocalPort())))
            .isEqualTo("hello\n");
        answering.join();
      }
      assertThat(nft()).contains("masquerade");
    }
    assertThat(interfaces()).isEqualTo(before);
    assertThat(nft()).doesNotContain("table ip obd");
  }

  private static String nft() throws IOException {
    return Tool.run(List.of("nft", "list", "ruleset"), "", Map.of()).out();
  }

  @Test
  void addressesAreGivenAgainAndWhatIsTakenIsNotGivenTwice() throws Exception {
    try (Networks bridge = bridge()) {
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < 20; i++) {
        try (Networks.Attachment one = bridge.attach("n" + i)) {
          assertThat(one.namespace()).isPresent();
          seen.add(inside(one, "busybox", "ip", "-4", "-o", "addr", "show", "eth0"));
        }
      }
      assertThat(seen).hasSizeLessThan(10);
    }
  }

  @Test
  void aBridgeThatSomebodyElseTookAwayIsNoTroubleAtTheEnd() throws Exception {
    Set<String> before = interfaces();
    Networks left = bridge();
    left.attach("x").close();
    assertThat(interfaces()).isNotEqualTo(before);
    String name =
        interfaces().stream().filter(found -> !before.contains(found)).sorted().findFirst().get();
    try (var netlink = dev.obdbuild.linux.net.Netlink.open()) {
      assertThat(netlink.delete(name)).isTrue();
      assertThat(netlink.delete(name)).isFalse();
    }
    left.close();
    assertThat(interfaces()).isEqualTo(before);
  }

  @Test
  void aBridgeOfAKilledProcessGoesWithTheNextStart() throws Exception {
    Path root = folder.resolve("killed");
    Process child = ChildJvm.start(Killed.class, root.toString());
    String bridge = ChildJvm.firstLine(child);
    assertThat(interfaces()).contains(bridge);
    assertThat(nft()).contains("table ip " + bridge + " ");

    ChildJvm.kill(child);
    open(root).close();

    assertThat(interfaces()).noneMatch(name -> name.startsWith(bridge));
    assertThat(nft()).doesNotContain("table ip " + bridge + " ");
  }

  /** Has two containers' networks on a bridge until it is killed. */
  static final class Killed {
    public static void main(String[] args) throws Exception {
      Path root = Path.of(args[0]);
      Set<String> before = interfaces();
      Networks bridge = bridge(open(root), root);
      try (Networks.Attachment one = bridge.attach("one");
          Networks.Attachment two = bridge.attach("two")) {
        System.out.println(
            interfaces().stream()
                .filter(name -> name.matches("obd[0-9a-f]{5}") && !before.contains(name))
                .findFirst()
                .orElseThrow());
        String ours = one.namespace().orElseThrow() + " " + two.namespace().orElseThrow();
        throw new IllegalStateException(ours + " outlived " + System.in.read());
      }
    }
  }
}
