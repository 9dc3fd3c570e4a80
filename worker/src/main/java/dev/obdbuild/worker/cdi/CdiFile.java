package dev.obdbuild.worker.cdi;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One file of a vendor.
 *
 * @param kind of its devices: {@code vendor.com/class}
 * @param edits what a container gets that gets one of its devices, once
 */
record CdiFile(
    Path path,
    String kind,
    Map<String, String> annotations,
    ContainerEdits edits,
    List<Entry> devices) {

  /** A device of it, by its unqualified name. */
  record Entry(String name, Map<String, String> annotations, ContainerEdits edits) {}

  CdiFile {
    annotations = Map.copyOf(annotations);
    devices = List.copyOf(devices);
  }
}
