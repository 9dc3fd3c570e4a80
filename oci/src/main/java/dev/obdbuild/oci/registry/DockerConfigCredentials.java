package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Logins from docker's {@code config.json}: {@code credHelpers} for the registry, else {@code
 * credsStore}, else {@code auths}. The file is read each time, so that a {@code docker login}
 * counts at once. Thread-safe.
 */
public final class DockerConfigCredentials implements Credentials {
  private static final String HUB_KEY = "https://index.docker.io/v1/";

  private final Path file;

  /**
   * @param file need not exist
   */
  public DockerConfigCredentials(Path file) {
    this.file = file;
  }

  /**
   * Reads the file that docker would read: in {@code $DOCKER_CONFIG}, else in {@code ~/.docker}.
   */
  public static DockerConfigCredentials ofUser(Map<String, String> environment) {
    @Nullable String folder = environment.get("DOCKER_CONFIG");
    Path home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "/")));
    Path at = folder == null || folder.isEmpty() ? home.resolve(".docker") : Path.of(folder);
    return new DockerConfigCredentials(at.resolve("config.json"));
  }

  @Override
  public Optional<Login> login(String registry) throws IOException {
    byte[] body;
    try {
      body = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    JsonReader json = JsonReader.parse(body, file.toString());
    String key = registry.equals("docker.io") ? HUB_KEY : registry;
    Map<String, String> helpers = json.stringMap("credHelpers");
    String helper =
        helpers.getOrDefault(registry, helpers.getOrDefault(key, json.string("credsStore")));
    if (!helper.isEmpty()) {
      Optional<Login> login = CredentialHelper.named(helper).get(key);
      if (login.isPresent()) {
        return login;
      }
    }
    Map<String, JsonReader> auths = json.objectMap("auths");
    for (String name : names(registry)) {
      JsonReader entry = auths.get(name);
      Optional<Login> login = entry == null ? Optional.empty() : login(entry, name);
      if (login.isPresent()) {
        return login;
      }
    }
    return Optional.empty();
  }

  /** The spellings under which docker keeps a registry's login. */
  private static Set<String> names(String registry) {
    Set<String> names = new LinkedHashSet<>();
    if (registry.equals("docker.io")) {
      names.add(HUB_KEY);
      names.add("index.docker.io");
      names.add("registry-1.docker.io");
    }
    for (String scheme : new String[] {"", "https://", "http://"}) {
      for (String path : new String[] {"", "/", "/v1/", "/v2/"}) {
        names.add(scheme + registry + path);
      }
    }
    return names;
  }

  static Optional<Login> login(JsonReader entry, String name) throws IOException {
    String token = entry.string("identitytoken");
    String auth = entry.string("auth");
    String user = entry.string("username");
    String password = entry.string("password");
    if (!auth.isEmpty()) {
      String pair;
      try {
        pair = new String(Base64.getDecoder().decode(auth.strip()), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw entry.malformed("the auth of " + name + " is not base64");
      }
      int colon = pair.indexOf(':');
      if (colon < 0) {
        throw entry.malformed("the auth of " + name + " has no colon between name and password");
      }
      user = pair.substring(0, colon);
      password = pair.substring(colon + 1).replaceAll("\0+$", "");
    }
    return user.isEmpty() && token.isEmpty()
        ? Optional.empty()
        : Optional.of(new Login(user, password, token));
  }
}
