package dev.obdbuild.backstore.device;

import dev.obdbuild.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Another process that serves a file as a TCMU device until it is killed. It says the device's node
 * on a line, and then a line for each request that it will never answer.
 */
final class TcmuProcess {
  private TcmuProcess() {}

  /** Arguments: the folder that tells the owner, a name, the file, its size, where to stall. */
  public static void main(String[] arguments) throws IOException {
    BlockDevice device =
        new FileDevice(
            Path.of(arguments[2]), Long.parseLong(arguments[3]), Long.parseLong(arguments[4]));
    try (TcmuExporter exporter = new TcmuExporter(Path.of(arguments[0]));
        ExportedDevice exported = exporter.export(device, arguments[1], false)) {
      System.out.println(exported.node());
      System.in.readAllBytes();
    }
  }

  static StallingProcess start(Path folder, String name, Path file, long size, long stall)
      throws IOException {
    return new StallingProcess(
        ChildJvm.start(
            TcmuProcess.class,
            folder.toString(),
            name,
            file.toString(),
            Long.toString(size),
            Long.toString(stall)));
  }
}
