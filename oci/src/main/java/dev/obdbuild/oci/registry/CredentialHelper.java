package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs {@code docker-credential-NAME}, which keeps logins for docker. */
final class CredentialHelper {
  private static final int MAX_ANSWER = 1 << 20;
  private static final int TIMEOUT_SECONDS = 30;
  private static final String NONE = "credentials not found in native keychain";

  private final String program;

  private CredentialHelper(Path program) {
    this.program = program.toString();
  }

  /**
   * The program {@code docker-credential-NAME} on the path.
   *
   * @throws IOException if {@code name} could mean a file somewhere else
   */
  static CredentialHelper named(String name) throws IOException {
    if (!name.matches("[A-Za-z0-9._-]+")) {
      throw new IOException("'" + name + "' is not the name of a credential helper");
    }
    return of(Path.of("docker-credential-" + name));
  }

  static CredentialHelper of(Path program) {
    return new CredentialHelper(program);
  }

  /** The login that is kept for {@code server}, if any. */
  Optional<Login> get(String server) throws IOException {
    Process process;
    try {
      process =
          new ProcessBuilder(program, "get").redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new IOException(
          "credential helper " + program + " cannot be run: " + e.getMessage(), e);
    }
    try (InputStream out = process.getInputStream()) {
      Thread watchdog = watch(process);
      try (OutputStream in = process.getOutputStream()) {
        in.write((server + "\n").getBytes(StandardCharsets.UTF_8));
      }
      byte[] answer = out.readNBytes(MAX_ANSWER);
      int status = process.waitFor();
      watchdog.interrupt();
      return status == 0 ? Optional.of(login(answer, server)) : none(answer, status, server);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Retry.interrupted();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Kills the helper if it takes too long, which ends its output. */
  private static Thread watch(Process process) {
    return Thread.ofPlatform()
        .daemon()
        .name("credential-helper-watchdog")
        .start(
            () -> {
              try {
                if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                  process.destroyForcibly();
                }
              } catch (InterruptedException e) {
                // The helper has answered: the watch is over.
                return;
              }
            });
  }

  private Login login(byte[] answer, String server) throws IOException {
    JsonReader json = JsonReader.parse(answer, program + " for " + server);
    String user = json.string("Username");
    String secret = json.string("Secret");
    return user.equals("<token>") ? new Login("", "", secret) : new Login(user, secret);
  }

  private Optional<Login> none(byte[] answer, int status, String server) throws IOException {
    String said = new String(answer, StandardCharsets.UTF_8).strip();
    if (said.contains(NONE)) {
      return Optional.empty();
    }
    throw new IOException(
        "credential helper "
            + program
            + " failed for "
            + server
            + " with exit code "
            + status
            + (said.isEmpty() ? "" : ": " + said.lines().findFirst().orElse("")));
  }
}
