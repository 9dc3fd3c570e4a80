package dev.obdbuild.backstore.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Another process that serves a file as a TCMU device until it is killed. It says the device's node
 * on a line, and then a line for each request that it will never answer.
 */
final class TcmuProcess {
  private final Process process;
  private final BufferedReader lines;
  private final Path node;

  private TcmuProcess(Process process) throws IOException {
    this.process = process;
    this.lines = process.inputReader(UTF_8);
    this.node = Path.of(line());
  }

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

  static TcmuProcess start(Path folder, String name, Path file, long size, long stall)
      throws IOException {
    return new TcmuProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-Xmx96m",
                "-cp",
                System.getProperty("java.class.path"),
                TcmuProcess.class.getName(),
                folder.toString(),
                name,
                file.toString(),
                Long.toString(size),
                Long.toString(stall))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  private String line() throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new IOException("the serving process has ended");
    }
    return line;
  }

  Path node() {
    return node;
  }

  /** Waits until one more request has come that is never answered. */
  void awaitStalled() throws IOException {
    String line = line();
    if (!line.startsWith("stalled ")) {
      throw new IOException("unexpected line '" + line + "'");
    }
  }

  void kill() throws InterruptedException {
    var _ = process.destroyForcibly().waitFor();
  }
}
