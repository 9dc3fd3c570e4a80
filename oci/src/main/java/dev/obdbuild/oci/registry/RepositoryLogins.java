package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Logins by registry or by part of it: {@code auths} in docker's form, whose keys are {@code host},
 * {@code host/ns} or {@code host/ns/name}. The first key in the document's order that the
 * repository lies below counts, not the longest.
 */
final class RepositoryLogins {
  private static final String HUB = "docker.io";

  private RepositoryLogins() {}

  /** The login for a repository, if {@code auths} of {@code document} has one. */
  static Optional<Login> find(JsonReader document, Repository repository) throws IOException {
    for (Map.Entry<String, JsonReader> entry : document.objectMap("auths").entrySet()) {
      if (covers(entry.getKey(), repository)) {
        return DockerConfigCredentials.login(entry.getValue(), entry.getKey());
      }
    }
    return Optional.empty();
  }

  private static boolean covers(String key, Repository repository) {
    String place = key.replaceFirst("^https?://", "").replaceFirst("/+$", "");
    List<String> hosts =
        repository.registry().equals(HUB)
            ? List.of(HUB, "index.docker.io", "index.docker.io/v1", "registry-1.docker.io")
            : List.of(repository.registry());
    for (String host : hosts) {
      if (place.equals(host) || (host + "/" + repository.name() + "/").startsWith(place + "/")) {
        return true;
      }
    }
    return false;
  }
}
