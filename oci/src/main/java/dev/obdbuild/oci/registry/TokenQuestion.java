package dev.obdbuild.oci.registry;

import java.net.URI;
import java.util.List;

/**
 * What a registry wants a token for.
 *
 * @param registry {@code host[:port]}, {@code docker.io} for the hub
 * @param realm the token server
 * @param service as the registry named itself; may be empty
 * @param scopes such as {@code repository:NAME:pull}
 */
public record TokenQuestion(String registry, URI realm, String service, List<String> scopes) {
  public TokenQuestion {
    scopes = List.copyOf(scopes);
  }
}
