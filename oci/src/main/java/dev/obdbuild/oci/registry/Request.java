package dev.obdbuild.oci.registry;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What is asked of a registry; can be sent more than once.
 *
 * @param path relative to the endpoint's base
 * @param scopes what a token must allow
 * @param body made anew for each sending
 * @param sent counts the bytes of the body that were handed over, for the stall timeout
 */
record Request(
    String method,
    String path,
    Map<String, String> headers,
    List<String> scopes,
    Supplier<BodyPublisher> body,
    AtomicLong sent) {

  static Request of(String method, String path) {
    return new Request(method, path, Map.of(), List.of(), BodyPublishers::noBody, new AtomicLong());
  }

  static Request get(String path) {
    return of("GET", path);
  }

  Request header(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(headers);
    changed.put(name, value);
    return new Request(method, path, changed, scopes, body, sent);
  }

  /** Needs a token for pulling from {@code repository}. */
  Request pulling(String repository) {
    return scoped("repository:" + repository + ":pull");
  }

  /** Needs a token for pushing to {@code repository}. */
  Request pushing(String repository) {
    return scoped("repository:" + repository + ":pull,push");
  }

  private Request scoped(String scope) {
    List<String> changed = new ArrayList<>(scopes);
    changed.add(scope);
    return new Request(method, path, headers, List.copyOf(changed), body, sent);
  }

  Request body(Supplier<BodyPublisher> publisher, AtomicLong counter) {
    return new Request(method, path, headers, scopes, publisher, counter);
  }

  Request body(byte[] bytes) {
    return body(() -> BodyPublishers.ofByteArray(bytes), new AtomicLong());
  }
}
