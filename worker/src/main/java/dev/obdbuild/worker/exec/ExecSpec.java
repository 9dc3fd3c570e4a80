package dev.obdbuild.worker.exec;

import java.nio.file.Path;
import java.util.List;

/**
 * Everything one container run needs.
 *
 * @param id names the container; unique among live containers of this host
 * @param rootfs the mounted root filesystem, absolute
 * @param process what runs
 * @param sandbox how it is shut in
 * @param mounts in the order in which they are made
 */
public record ExecSpec(
    String id,
    Path rootfs,
    ContainerProcess process,
    Sandbox sandbox,
    List<ContainerMount> mounts) {

  public ExecSpec {
    if (!id.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")) {
      throw new IllegalArgumentException("container id: " + id);
    }
    if (!rootfs.isAbsolute()) {
      throw new IllegalArgumentException("root filesystem is not an absolute path: " + rootfs);
    }
    mounts = List.copyOf(mounts);
  }
}
