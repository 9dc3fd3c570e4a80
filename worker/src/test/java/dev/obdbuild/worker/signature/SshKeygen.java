package dev.obdbuild.worker.signature;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keys and signatures by OpenSSH's own program. */
public final class SshKeygen {

  private SshKeygen() {}

  /** Makes a key; what the world is told of it lies beside it, as {@code .pub}. */
  public static Path key(Path file, String type, int bits) throws Exception {
    run("-q", "-t", type, "-b", Integer.toString(bits), "-N", "", "-C", "comment", "-f", file);
    return file;
  }

  /** The line of an {@code authorized_keys} file. */
  public static String line(Path key) throws IOException {
    return Files.readString(key.resolveSibling(key.getFileName() + ".pub"));
  }

  /** A signature over a file, in armour. */
  public static String sign(Path key, Path file, String namespace, String... options)
      throws Exception {
    Path signature = file.resolveSibling(file.getFileName() + ".sig");
    Files.deleteIfExists(signature);
    List<Object> arguments = new ArrayList<>(List.of("-Y", "sign", "-f", key, "-n", namespace));
    arguments.addAll(List.of(options));
    arguments.add(file);
    run(arguments.toArray());
    return Files.readString(signature);
  }

  private static void run(Object... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ssh-keygen"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Process keygen = new ProcessBuilder(command).redirectErrorStream(true).start();
    keygen.getOutputStream().close();
    String said = new String(keygen.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keygen.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }
}
