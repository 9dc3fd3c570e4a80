package dev.obdbuild.worker.cdi;

import java.util.Map;

/**
 * A device that a file of a vendor describes.
 *
 * @param name qualified: {@code vendor.com/class=name}
 * @param annotations the file's and the device's own
 * @param autoAllow whether builds may use it without being granted it
 * @param file what all devices of its file have in common
 * @param edits its own
 */
public record CdiDevice(
    String name,
    Map<String, String> annotations,
    boolean autoAllow,
    CdiFile file,
    ContainerEdits edits) {

  public CdiDevice {
    annotations = Map.copyOf(annotations);
  }

  /** The part of a name before the device's own: {@code vendor.com/class}. */
  static String kind(String name) {
    int at = name.indexOf('=');
    return at < 0 ? name : name.substring(0, at);
  }
}
