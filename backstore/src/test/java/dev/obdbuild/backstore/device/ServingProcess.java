package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Another process that exports a device, says its node on a line, and serves until its input ends
 * or it is killed.
 */
final class ServingProcess {
  private ServingProcess() {}

  /** Argument: the folder for the exporter's files. */
  public static void main(String[] arguments) throws IOException {
    try (FuseLoopExporter exporter = new FuseLoopExporter(Path.of(arguments[0]));
        BlockDevice device = new MemoryDevice(64 << 20, 4096);
        ExportedDevice exported = exporter.export(device, "serving", false)) {
      System.out.println(exported.node());
      System.in.readAllBytes();
    }
  }

  static Process start(Path folder) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ServingProcess.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
