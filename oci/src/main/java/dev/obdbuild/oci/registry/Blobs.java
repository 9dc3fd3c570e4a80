package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Repository;
import java.io.IOException;
import java.util.Optional;

/** What a repository itself, not a mirror, holds. */
final class Blobs {
  private Blobs() {}

  static boolean exists(Transport transport, Repository repository, Digest digest)
      throws IOException {
    Request head = Request.of("HEAD", repository.name() + "/blobs/" + digest);
    return has(transport, repository, head, "blob " + digest + " of " + repository);
  }

  /** The bytes that a blob has where it is read from, a mirror perhaps. */
  static long size(Transport transport, Repository repository, Digest digest) throws IOException {
    String what = "blob " + digest + " of " + repository;
    Request head =
        Request.of("HEAD", repository.name() + "/blobs/" + digest).pulling(repository.name());
    return transport.reading(
        repository.registry(),
        endpoint -> transport.call(endpoint, head, what, response -> length(response, what)));
  }

  private static long length(Response response, String what) throws IOException {
    String text = response.header("Content-Length").orElse("");
    if (text.length() > 18 || !text.matches("[0-9]+")) {
      throw new IOException(what + ": the registry tells no length: '" + text + "'");
    }
    return Long.parseLong(text);
  }

  static boolean manifestExists(Transport transport, Repository repository, Digest digest)
      throws IOException {
    Request head =
        Request.of("HEAD", repository.name() + "/manifests/" + digest)
            .header("Accept", Manifests.ACCEPT);
    return has(transport, repository, head, "manifest " + digest + " of " + repository);
  }

  /** What a tag stands for; empty where there is no such tag, or the registry does not tell. */
  static Optional<Digest> tagged(Transport transport, Repository repository, String tag)
      throws IOException {
    Request head =
        Request.of("HEAD", repository.name() + "/manifests/" + tag)
            .header("Accept", Manifests.ACCEPT)
            .pushing(repository.name());
    try {
      return transport.call(
          transport.forWriting(repository.registry()),
          head,
          "tag " + tag + " of " + repository,
          response -> response.header("Docker-Content-Digest").flatMap(Manifests::digest));
    } catch (RegistryException.NotFound e) {
      return Optional.empty();
    }
  }

  private static boolean has(Transport transport, Repository repository, Request head, String what)
      throws IOException {
    // The same scope as the push that follows, so that both use one token.
    Request scoped = head.pushing(repository.name());
    try {
      return transport.call(
          transport.forWriting(repository.registry()), scoped, what, response -> true);
    } catch (RegistryException.NotFound e) {
      return false;
    }
  }
}
