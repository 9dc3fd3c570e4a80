package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The login for one repository from a file with {@code auths} in docker's form, whose keys may name
 * parts of a registry; the first one that fits counts. The file is read each time. Thread-safe.
 */
public final class RepositoryFileCredentials implements Credentials {
  private final Path file;
  private final Repository repository;

  /**
   * @param file need not exist
   */
  public RepositoryFileCredentials(Path file, Repository repository) {
    this.file = file;
    this.repository = repository;
  }

  @Override
  public Optional<Login> login(String registry) throws IOException {
    if (!registry.equals(repository.registry())) {
      return Optional.empty();
    }
    byte[] body;
    try {
      body = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return RepositoryLogins.find(JsonReader.parse(body, file.toString()), repository);
  }
}
