package dev.obdbuild.builder.session;

import dev.obdbuild.builder.config.SecretSpec;
import dev.obdbuild.builder.config.SecretSpec.FromEither;
import dev.obdbuild.builder.config.SecretSpec.FromEnv;
import dev.obdbuild.builder.config.SecretSpec.FromFile;
import dev.obdbuild.worker.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Secrets from files and from the environment, read anew each time a step asks. */
public final class SecretSources implements Secrets {

  /** BuildKit's bound on one secret. */
  private static final long LARGEST = 500 << 10;

  private final Map<String, SecretSpec.Source> sources = new LinkedHashMap<>();
  private final Map<String, String> environment;

  /**
   * The secrets that were named on the command line.
   *
   * @throws IOException when a named file or variable is not there
   */
  public static SecretSources of(List<SecretSpec> specs, Map<String, String> environment)
      throws IOException {
    SecretSources secrets = new SecretSources(environment);
    for (SecretSpec spec : specs) {
      secrets.sources.put(spec.id(), secrets.checked(spec));
    }
    return secrets;
  }

  private SecretSources(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public Optional<byte[]> get(String id) throws IOException {
    return switch (sources.get(id)) {
      case FromFile file -> Optional.of(read(id, Path.of(file.path())));
      case FromEnv variable -> value(variable.name());
      case FromEither name -> value(name.name());
      case null -> Optional.empty();
    };
  }

  /** A source that is there now. */
  private SecretSpec.Source checked(SecretSpec spec) throws IOException {
    return switch (spec.source()) {
      case FromFile file -> {
        if (!Files.isRegularFile(Path.of(file.path()))) {
          throw new IOException("secret " + spec.id() + ": " + file.path() + " is not a file");
        }
        yield file;
      }
      case FromEnv variable -> variable;
      case FromEither name -> {
        if (environment.containsKey(name.name())) {
          yield new FromEnv(name.name());
        }
        yield checked(new SecretSpec(spec.id(), new FromFile(name.name())));
      }
    };
  }

  private Optional<byte[]> value(String variable) {
    return Optional.ofNullable(environment.get(variable))
        .map(v -> v.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] read(String id, Path file) throws IOException {
    long size = Files.size(file);
    if (size > LARGEST) {
      throw new IOException(
          "secret " + id + ": " + file + " has " + size + " bytes, more than " + LARGEST);
    }
    return Files.readAllBytes(file);
  }
}
