package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Repository;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** One upload that a registry has opened: each step once, without retry. Not thread-safe. */
final class UploadSession {
  private final Transport transport;
  private final Endpoint endpoint;
  private final Repository repository;
  private URI location;

  private UploadSession(
      Transport transport, Endpoint endpoint, Repository repository, URI location) {
    this.transport = transport;
    this.endpoint = endpoint;
    this.repository = repository;
    this.location = location;
  }

  static UploadSession start(Transport transport, Repository repository) throws IOException {
    Endpoint endpoint = transport.forWriting(repository.registry());
    Request post =
        Request.of("POST", repository.name() + "/blobs/uploads/").pushing(repository.name());
    return transport.call(
        endpoint,
        post,
        "upload to " + repository,
        response ->
            new UploadSession(transport, endpoint, repository, Transport.location(response)));
  }

  /** The session that a refused mount opened. */
  static UploadSession of(
      Transport transport, Endpoint endpoint, Repository repository, Response response)
      throws IOException {
    return new UploadSession(transport, endpoint, repository, Transport.location(response));
  }

  /**
   * Sends bytes of the blob from {@code offset}.
   *
   * @return where the registry wants the next ones
   */
  long patch(long offset, long length, boolean range, Supplier<BodyPublisher> body, AtomicLong sent)
      throws IOException {
    Request patch =
        request("PATCH").header("Content-Type", "application/octet-stream").body(body, sent);
    if (range) {
      patch = patch.header("Content-Range", offset + "-" + (offset + length - 1));
    }
    try (Response response = send(location, patch)) {
      long next = next(response);
      // Registries tell "0-0" both for nothing and for one byte; the answer to a good PATCH is
      // never nothing.
      return next == 0 ? offset + length : next;
    }
  }

  /** How many bytes the registry has. */
  long status() throws IOException {
    try (Response response = send(location, request("GET"))) {
      return next(response);
    }
  }

  /** Ends the upload; {@code body} may hold its last, or all, bytes. */
  void put(Digest digest, Supplier<BodyPublisher> body, AtomicLong sent) throws IOException {
    String text = location.toString();
    URI uri =
        URI.create(
            text
                + (location.getRawQuery() == null ? "?" : "&")
                + "digest="
                + digest.toString().replace(":", "%3A"));
    Request put =
        request("PUT").header("Content-Type", "application/octet-stream").body(body, sent);
    try (Response response = send(uri, put)) {
      verify(response, digest);
    }
  }

  /** Tells the registry that nothing more will come. */
  void cancel() throws IOException {
    try (Response response = send(location, request("DELETE"))) {
      response.drained();
    }
  }

  private Request request(String method) {
    return Request.of(method, "").pushing(repository.name());
  }

  private Response send(URI uri, Request request) throws IOException {
    Response response;
    try {
      response = transport.send(endpoint, uri, request);
    } catch (IOException e) {
      throw Failures.of("upload to " + repository, request.method(), uri, e);
    }
    if (!response.isSuccess()) {
      throw Failures.of("upload to " + repository, response);
    }
    response.drained();
    if (response.header("Location").isPresent() && response.status() != 201) {
      location = Transport.location(response);
    }
    return response;
  }

  private static long next(Response response) throws IOException {
    String range = response.header("Range").orElse("0-0").replace("bytes=", "");
    if (!range.matches("0-[0-9]{1,18}")) {
      String url = Failures.shown(response.uri());
      throw new RegistryException.Rejected(
          "upload: the registry tells the range '" + range + "' (" + url + ")",
          url,
          response.status(),
          List.of());
    }
    long last = Long.parseLong(range.substring(2));
    return last == 0 ? 0 : last + 1;
  }

  static void verify(Response response, Digest digest) throws IOException {
    String told = response.header("Docker-Content-Digest").orElse(digest.toString());
    if (!told.equals(digest.toString())) {
      String url = Failures.shown(response.uri());
      throw new RegistryException.DigestMismatch(
          "the registry stored " + told + " where " + digest + " was sent (" + url + ")", url);
    }
  }
}
