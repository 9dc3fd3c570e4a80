package dev.obdbuild.linux.net;

import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.Libc;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.Closeable;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Interfaces, addresses and routes of the network namespace in which it was opened, whatever
 * namespace the calling thread is in later. Not thread-safe.
 */
public final class Netlink implements Closeable {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 02000000;
  private static final int NETLINK_ROUTE = 0;

  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_NEWROUTE = 24;
  private static final int NLMSG_ERROR = 2;
  private static final int EXCLUSIVE_CREATE = 0x200 | 0x400;

  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_NET_NS_FD = 28;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int VETH_INFO_PEER = 1;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int RTA_GATEWAY = 5;
  private static final int IFF_UP = 1;

  private static final int AF_INET = 2;
  private static final int RT_TABLE_MAIN = 254;
  private static final int RTPROT_BOOT = 3;
  private static final int RTN_UNICAST = 1;

  private final int socket;
  private boolean closed;

  private Netlink(int socket) {
    this.socket = socket;
  }

  /** For the namespace that the calling thread is in. */
  public static Netlink open() throws LinuxException {
    int socket = Holder.CALLS.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
    return new Netlink(Libc.check(socket, "socket", "netlink"));
  }

  /** Adds a bridge, which is down. */
  public void addBridge(String name) throws LinuxException {
    Message message =
        new Message(RTM_NEWLINK, EXCLUSIVE_CREATE).link(0, 0, 0).attribute(IFLA_IFNAME, name(name));
    int info = message.begin(IFLA_LINKINFO);
    send(message.attribute(IFLA_INFO_KIND, "bridge").end(info), "add bridge", name);
  }

  /**
   * Adds a cable: one end here, up and plugged into a bridge, the other in another namespace, down.
   */
  public void addCable(String name, int bridge, String peer, NetworkNamespace peerNamespace)
      throws LinuxException {
    Message message =
        new Message(RTM_NEWLINK, EXCLUSIVE_CREATE)
            .link(0, IFF_UP, IFF_UP)
            .attribute(IFLA_IFNAME, name(name))
            .attribute(IFLA_MASTER, bridge);
    int info = message.begin(IFLA_LINKINFO);
    message.attribute(IFLA_INFO_KIND, "veth");
    int data = message.begin(IFLA_INFO_DATA);
    int other = message.begin(VETH_INFO_PEER);
    message
        .link(0, 0, 0)
        .attribute(IFLA_IFNAME, name(peer))
        .attribute(IFLA_NET_NS_FD, peerNamespace.descriptor());
    send(message.end(other).end(data).end(info), "add veth", name);
  }

  /** Brings an interface up. */
  public void up(int index) throws LinuxException {
    send(new Message(RTM_NEWLINK, 0).link(index, IFF_UP, IFF_UP), "up", "interface " + index);
  }

  /** Gives an interface an address. */
  public void addAddress(int index, Inet4Address address, int prefix) throws LinuxException {
    Message message =
        new Message(RTM_NEWADDR, EXCLUSIVE_CREATE)
            .bytes(AF_INET, prefix, 0, 0)
            .number(index)
            .attribute(IFA_LOCAL, address.getAddress())
            .attribute(IFA_ADDRESS, address.getAddress());
    send(message, "add address", address.getHostAddress() + "/" + prefix);
  }

  /** Sends all that has no other way to a gateway. */
  public void addDefaultRoute(Inet4Address gateway) throws LinuxException {
    Message message =
        new Message(RTM_NEWROUTE, EXCLUSIVE_CREATE)
            .bytes(AF_INET, 0, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, 0, RTN_UNICAST)
            .number(0)
            .attribute(RTA_GATEWAY, gateway.getAddress());
    send(message, "add default route", gateway.getHostAddress());
  }

  /** Removes an interface. @return false when there is none of that name */
  public boolean delete(String name) throws LinuxException {
    try {
      send(
          new Message(RTM_DELLINK, 0).link(0, 0, 0).attribute(IFLA_IFNAME, name(name)),
          "delete interface",
          name);
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ENODEV)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * The number of an interface in the namespace of the calling thread.
   *
   * @throws LinuxException when there is none of that name
   */
  public static int index(String name) throws LinuxException {
    int index = Holder.CALLS.if_nametoindex(name(name));
    return Libc.check(index == 0 ? -1 : index, "if_nametoindex", name);
  }

  private static String name(String name) {
    if (name.isEmpty() || name.length() > 15 || name.contains("/")) {
      throw new IllegalArgumentException("name of a network interface: " + name);
    }
    return name;
  }

  private void send(Message message, String what, String on) throws LinuxException {
    byte[] request = message.done();
    long sent = Holder.CALLS.send(socket, request, request.length, 0);
    Libc.check((int) sent, "netlink: " + what, on);
    byte[] answer = new byte[4096];
    long length = Holder.CALLS.recv(socket, answer, answer.length, 0);
    Libc.check((int) length, "netlink: " + what, on);
    ByteBuffer read = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
    if (length < Message.HEADER + 4 || read.getShort(4) != NLMSG_ERROR) {
      throw new LinuxException("netlink: " + what + ": answer not understood", on, Errno.EINVAL);
    }
    int error = -read.getInt(Message.HEADER);
    if (error != 0) {
      throw new LinuxException("netlink: " + what, on, error);
    }
  }

  @Override
  public void close() throws LinuxException {
    if (!closed) {
      closed = true;
      Libc.check(Holder.CALLS.close(socket), "close", "netlink");
    }
  }

  /** Binds on first use. */
  static final class Holder {
    static final NetCalls CALLS = Libc.load(NetCalls.class);

    private Holder() {}
  }
}
