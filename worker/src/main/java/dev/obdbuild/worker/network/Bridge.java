package dev.obdbuild.worker.network;

import dev.obdbuild.linux.net.Netlink;
import dev.obdbuild.snapshots.sweep.Resource;
import dev.obdbuild.snapshots.sweep.ResourceJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A bridge on the host with an address, and the rules that let what is plugged into it reach the
 * rest of the world. Recorded before it is made. Closing it takes all of that away again.
 */
final class Bridge implements AutoCloseable {

  private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");
  private static final int OWN_HOST = 1;

  private final String name;
  private final Subnet subnet;
  private final Deque<AutoCloseable> made = new ArrayDeque<>();
  private int index;

  private Bridge(String name, Subnet subnet) {
    this.name = name;
    this.subnet = subnet;
  }

  static Bridge make(String name, Subnet subnet, ResourceJournal journal) throws IOException {
    Bridge bridge = new Bridge(name, subnet);
    try (Netlink netlink = Netlink.open()) {
      bridge.made.push(journal.record(new Resource.Link(name)));
      netlink.addBridge(name);
      bridge.made.push(() -> remove(name));
      bridge.index = Netlink.index(name);
      netlink.addAddress(bridge.index, subnet.host(OWN_HOST), subnet.prefix());
      netlink.up(bridge.index);
      for (Masquerade.Rule rule : Masquerade.rules(name, subnet)) {
        bridge.made.push(journal.record(new Resource.Rule(rule.undo())));
        rule.apply();
        bridge.made.push(rule::remove);
      }
      if (!Files.readString(FORWARDING).strip().equals("1")) {
        // Left on: whoever turned it on since may rely on it.
        Files.writeString(FORWARDING, "1");
      }
      return bridge;
    } catch (IOException | RuntimeException e) {
      try (bridge) {
        throw e;
      }
    }
  }

  private static void remove(String name) throws IOException {
    try (Netlink netlink = Netlink.open()) {
      var _ = netlink.delete(name);
    }
  }

  String name() {
    return name;
  }

  int index() {
    return index;
  }

  Subnet subnet() {
    return subnet;
  }

  /** The first host number that is not its own. */
  int firstFree() {
    return OWN_HOST + 1;
  }

  int gateway() {
    return OWN_HOST;
  }

  @Override
  public void close() throws IOException {
    while (!made.isEmpty()) {
      try {
        made.pop().close();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("bridge " + name + ": " + e.getMessage(), e);
      }
    }
  }
}
