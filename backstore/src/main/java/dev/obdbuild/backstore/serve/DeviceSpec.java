package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.LayerPlace;
import dev.obdbuild.backstore.device.TopFiles;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A device as its server is told of it and writes it down.
 *
 * @param owner folder of the process that asked for it, by which its devices are swept
 * @param name that the owner gave it
 * @param size in bytes
 * @param layers below the writable one, the lowest first
 * @param top the writable layer; none for a device that takes no writes
 * @param frozen whether {@code top} takes no writes at the moment
 */
public record DeviceSpec(
    String owner,
    String name,
    long size,
    int sectorSize,
    List<LayerPlace> layers,
    Optional<TopFiles> top,
    boolean frozen) {
  private static final int KEY_DIGITS = 32;
  static final int MAX_LAYERS = 1024;

  public DeviceSpec {
    layers = List.copyOf(layers);
    if (size <= 0
        || sectorSize != 512 && sectorSize != 4096
        || size % sectorSize != 0
        || layers.size() > MAX_LAYERS
        || frozen && top.isEmpty()) {
      throw new IllegalArgumentException(
          "device '"
              + name
              + "' of "
              + size
              + " bytes in sectors of "
              + sectorSize
              + " and "
              + layers.size()
              + " layers");
    }
  }

  /** What tells it from all other devices of a server: hexadecimal digits. */
  public static String key(String owner, String name) {
    try {
      byte[] text = (owner + "\0" + name).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      return HexFormat.of().formatHex(hash).substring(0, KEY_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  String key() {
    return key(owner, name);
  }

  boolean readOnly() {
    return top.isEmpty();
  }

  /** The same between two steps. */
  DeviceSpec atRest() {
    return new DeviceSpec(owner, name, size, sectorSize, layers, top, true);
  }

  /** The same on top of what was its writable layer. */
  DeviceSpec resumed(TopFiles next) {
    List<LayerPlace> more = new ArrayList<>(layers);
    more.add(top.orElseThrow(() -> new IllegalArgumentException(name)).finished());
    return new DeviceSpec(owner, name, size, sectorSize, more, Optional.of(next), false);
  }
}
