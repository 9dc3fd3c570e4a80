package dev.obdbuild.worker.signature;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** GnuPG with keys of its own, none of which has a password. */
public final class Gpg implements AutoCloseable {

  private final Path home;

  /** Keys go into a folder that is made, whose path must be short enough for a socket. */
  public Gpg(Path home) throws IOException {
    this.home =
        Files.createDirectories(
            home,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** The folder of its keys. */
  public Path home() {
    return home;
  }

  /** Makes a key and yields its certificate. */
  public String key(String name, String algorithm, String... options) throws Exception {
    run(join(options, "--quick-gen-key", name, algorithm, "cert,sign", "never"));
    return certificate(name);
  }

  /** What the world is told of a key. */
  public String certificate(String name) throws Exception {
    return run("--armor", "--export", name);
  }

  /** A detached signature in armour. */
  public String sign(Path file, String name, String... options) throws Exception {
    Path signature = file.resolveSibling(file.getFileName() + ".asc");
    Files.deleteIfExists(signature);
    run(
        join(
            options,
            "--armor",
            "--local-user",
            name,
            "--output",
            signature.toString(),
            "--detach-sign",
            file.toString()));
    return Files.readString(signature);
  }

  private static String[] join(String[] options, String... more) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** Runs it and yields what it prints. */
  public String run(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "gpg",
                "--homedir",
                home.toString(),
                "--batch",
                "--quiet",
                "--yes",
                "--no-tty",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                ""));
    command.addAll(List.of(arguments));
    Path errors = home.resolve("errors");
    Process gpg = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    gpg.getOutputStream().close();
    String printed = new String(gpg.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (gpg.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + Files.readString(errors));
    }
    return printed;
  }

  /** Ends the agent that serves these keys. */
  @Override
  public void close() throws Exception {
    Process end =
        new ProcessBuilder("gpgconf", "--homedir", home.toString(), "--kill", "all")
            .redirectErrorStream(true)
            .start();
    var _ = end.getInputStream().readAllBytes();
    if (end.waitFor() != 0) {
      throw new IOException("gpgconf --kill all: " + end.exitValue());
    }
  }
}
