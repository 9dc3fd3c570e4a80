package dev.obdbuild.worker.network;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of IPv4 addresses.
 *
 * @param network the first address, as a number
 * @param prefix how many bits all addresses have in common, 8 to 29
 */
public record Subnet(int network, int prefix) {

  private static final Path ROUTES = Path.of("/proc/net/route");

  public Subnet {
    if (prefix < 8 || prefix > 29 || (network & ~mask(prefix)) != 0) {
      throw new IllegalArgumentException("subnet " + text(network) + "/" + prefix);
    }
  }

  /**
   * Reads {@code 10.10.0.0/16}.
   *
   * @throws IllegalArgumentException naming what it is not
   */
  public static Subnet parse(String text) {
    String[] parts = text.split("[./]", -1);
    try {
      if (parts.length == 5) {
        int network = 0;
        for (int i = 0; i < 4; i++) {
          int part = Integer.parseInt(parts[i]);
          if (part < 0 || part > 255) {
            throw new IllegalArgumentException("subnet " + text);
          }
          network = network << 8 | part;
        }
        return new Subnet(network, Integer.parseInt(parts[4]));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("subnet " + text, e);
    }
    throw new IllegalArgumentException("subnet " + text);
  }

  /**
   * A /24 that no route of this host leads to. They are tried from a place that {@code seed} names,
   * so that two processes seldom choose the same at the same moment.
   */
  static Subnet free(int seed) throws IOException {
    List<Subnet> taken = routes(Files.readString(ROUTES));
    for (int i = 0; i < 256 * 16; i++) {
      int block = Math.floorMod(seed + i, 256 * 16);
      Subnet wanted = new Subnet(10 << 24 | (208 + block / 256) << 16 | block % 256 << 8, 24);
      if (taken.stream().noneMatch(wanted::overlaps)) {
        return wanted;
      }
    }
    throw new IOException("no free subnet in 10.208.0.0/12: every /24 has a route on this host");
  }

  /** The destinations of a routing table; default routes do not count. */
  static List<Subnet> routes(String table) {
    List<Subnet> out = new ArrayList<>();
    for (String line : table.lines().skip(1).toList()) {
      String[] fields = line.split("\\s+");
      if (fields.length > 7) {
        int network = Integer.reverseBytes(Integer.parseUnsignedInt(fields[1], 16));
        int prefix = Integer.bitCount(Integer.parseUnsignedInt(fields[7], 16));
        if (prefix > 0) {
          int clamped = Math.clamp(prefix, 8, 29);
          out.add(new Subnet(network & mask(clamped), clamped));
        }
      }
    }
    return out;
  }

  boolean overlaps(Subnet other) {
    int common = mask(Math.min(prefix, other.prefix));
    return (network & common) == (other.network & common);
  }

  /** How many addresses there are for hosts: 1 to this. */
  int hosts() {
    return ~mask(prefix) - 1;
  }

  /** The address of a host. */
  Inet4Address host(int number) throws IOException {
    byte[] bytes = ByteBuffer.allocate(4).putInt(network + number).array();
    return (Inet4Address) InetAddress.getByAddress(bytes);
  }

  private static int mask(int prefix) {
    return -1 << (32 - prefix);
  }

  private static String text(int address) {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 255)
        + "."
        + (address >>> 8 & 255)
        + "."
        + (address & 255);
  }

  @Override
  public String toString() {
    return text(network) + "/" + prefix;
  }
}
