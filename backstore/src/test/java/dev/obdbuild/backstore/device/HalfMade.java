package dev.obdbuild.backstore.device;

import dev.obdbuild.backstore.tcmu.CommandRing;
import dev.obdbuild.backstore.tcmu.TargetName;
import dev.obdbuild.backstore.tcmu.TargetSpec;
import dev.obdbuild.backstore.tcmu.TcmuTarget;
import dev.obdbuild.linux.uio.UioMapping;
import java.io.IOException;
import java.nio.file.Path;

/** A process that makes a disk, does not answer the kernel's first question, and waits. */
final class HalfMade {
  private HalfMade() {}

  /** Argument: the folder that tells the owner. Prints "?" when the kernel has asked. */
  public static void main(String[] arguments) throws Exception {
    TcmuTarget target = TcmuTarget.of(new TargetName(TargetName.owner(Path.of(arguments[0])), 1));
    target.create(new TargetSpec("half", 1 << 20, 4096, false));
    UioMapping mapping = target.uio().open();
    CommandRing ring = new CommandRing(mapping.memory(), "half");
    Thread.ofPlatform().start(() -> connect(target));
    while (!ring.waiting()) {
      mapping.await();
    }
    System.out.print("?");
    System.out.flush();
    System.in.read();
  }

  private static void connect(TcmuTarget target) {
    try {
      target.connect();
    } catch (IOException e) {
      System.err.println(e);
    }
  }

  static Process start(Path folder) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:TieredStopAtLevel=1",
            "-Xmx96m",
            "-cp",
            System.getProperty("java.class.path"),
            HalfMade.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
