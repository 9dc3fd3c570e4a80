package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Repository;
import java.io.IOException;

/** What a repository itself, not a mirror, holds. */
final class Blobs {
  private Blobs() {}

  static boolean exists(Transport transport, Repository repository, Digest digest)
      throws IOException {
    Request head = Request.of("HEAD", repository.name() + "/blobs/" + digest);
    return has(transport, repository, head, "blob " + digest + " of " + repository);
  }

  static long size(Transport transport, Repository repository, Digest digest) throws IOException {
    String what = "blob " + digest + " of " + repository;
    return transport.call(
        transport.forWriting(repository.registry()),
        Request.of("HEAD", repository.name() + "/blobs/" + digest).pulling(repository.name()),
        what,
        response -> {
          String length = response.header("Content-Length").orElse("");
          if (!length.matches("[0-9]{1,18}")) {
            throw new IOException(what + ": the registry does not tell its size");
          }
          return Long.parseLong(length);
        });
  }

  static boolean manifestExists(Transport transport, Repository repository, Digest digest)
      throws IOException {
    Request head =
        Request.of("HEAD", repository.name() + "/manifests/" + digest)
            .header("Accept", Manifests.ACCEPT);
    return has(transport, repository, head, "manifest " + digest + " of " + repository);
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
