package dev.obdbuild.builder.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * OpenSSH's server on loopback with a configuration and a host key of its own, for {@code root} and
 * one client key.
 */
final class SshServer implements AutoCloseable {

  private final LoopbackProcess process;
  private final Path folder;

  private SshServer(LoopbackProcess process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /** Starts one whose files are in {@code folder}, which exists and is empty. */
  static SshServer start(Path folder, Client client) throws IOException, InterruptedException {
    int port = LoopbackProcess.freePort();
    key(client, folder.resolve("host"));
    key(client, folder.resolve("client"));
    Path configuration = folder.resolve("sshd_config");
    Files.writeString(
        configuration,
        """
        ListenAddress 127.0.0.1:%d
        HostKey FOLDER/host
        AuthorizedKeysFile FOLDER/client.pub
        PidFile none
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        UsePAM no
        StrictModes no
        """
            .formatted(port)
            .replace("FOLDER", folder.toString()));
    // Where the server confines itself; Debian's service makes it at boot.
    Files.createDirectories(Path.of("/run/sshd"));
    String program = client.run("sh", "-c", "PATH=$PATH:/usr/sbin command -v sshd").ok().out();
    return new SshServer(
        LoopbackProcess.start(
            port,
            folder.resolve("sshd.log"),
            program.strip(),
            "-D",
            "-e",
            "-f",
            configuration.toString()),
        folder);
  }

  private static void key(Client client, Path file) throws IOException, InterruptedException {
    client.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString()).ok();
  }

  /** The user, host and port, as addresses name them. */
  String authority() {
    return "root@127.0.0.1:" + process.port();
  }

  /** The private key that is let in. */
  Path clientKey() {
    return folder.resolve("client");
  }

  /** The line of a known-hosts file by which this server is known. */
  String knownHost() throws IOException {
    return known(folder.resolve("host.pub"));
  }

  /** Such a line for this address with a key that the server has not. */
  String wrongKnownHost() throws IOException {
    return known(folder.resolve("client.pub"));
  }

  private String known(Path publicKey) throws IOException {
    return "[127.0.0.1]:"
        + process.port()
        + " "
        + Files.readString(publicKey, StandardCharsets.UTF_8).strip()
        + "\n";
  }

  @Override
  public void close() {
    process.close();
  }
}
