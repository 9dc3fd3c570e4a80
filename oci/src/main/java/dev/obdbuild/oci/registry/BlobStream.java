package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A whole blob. Goes on where it was after a broken connection; its end is not given before the
 * digest is verified.
 */
final class BlobStream extends InputStream {
  private final Transport transport;
  private final Repository repository;
  private final Descriptor blob;
  private final MessageDigest hash;
  private final Retry retry;
  private @Nullable Response response;
  private long position;
  private BlobSource source = BlobSource.REGISTRY;
  private boolean verified;

  BlobStream(Transport transport, Repository repository, Descriptor blob) {
    this.transport = transport;
    this.repository = repository;
    this.blob = blob;
    this.hash = blob.digest().newHash();
    this.retry = transport.retry();
  }

  /** Asks for the blob, so that its absence shows now. */
  BlobStream open() throws IOException {
    response = connect();
    return this;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] dst, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (position < blob.size()) {
      try {
        Response open = response == null ? connect() : response;
        response = open;
        int n = open.body().read(dst, from, (int) Math.min(length, blob.size() - position));
        if (n < 0) {
          throw new IOException(
              "the answer ended after " + position + " of " + blob.size() + " bytes");
        }
        hash.update(dst, from, n);
        position += n;
        transport.counters().read(source, n);
        retry.progressed();
        return n;
      } catch (InterruptedIOException e) {
        throw e;
      } catch (RegistryException e) {
        throw e;
      } catch (IOException e) {
        URI uri = response == null ? URI.create("blob:" + blob.digest()) : response.uri();
        close();
        retry.after(Failures.of(what(), "GET", uri, e));
      }
    }
    verify();
    return -1;
  }

  private void verify() throws IOException {
    if (verified) {
      return;
    }
    String url = response == null ? repository.toString() : Failures.shown(response.uri());
    if (response != null && response.body().read() >= 0) {
      close();
      throw new RegistryException.DigestMismatch(
          what() + " is longer than the " + blob.size() + " bytes of its descriptor (" + url + ")",
          url);
    }
    close();
    var found = blob.digest().finish(hash);
    if (!found.equals(blob.digest())) {
      throw new RegistryException.DigestMismatch(
          what() + " has other bytes: their digest is " + found + " (" + url + ")", url);
    }
    verified = true;
  }

  private Response connect() throws IOException {
    Request get =
        Request.get(repository.name() + "/blobs/" + blob.digest()).pulling(repository.name());
    Request request =
        position == 0 ? get : get.header("Range", "bytes=" + position + "-" + (blob.size() - 1));
    return transport.reading(repository.registry(), endpoint -> connect(endpoint, request));
  }

  private Response connect(Endpoint endpoint, Request request) throws IOException {
    Retry attempts = transport.retry();
    while (true) {
      IOException failure;
      try {
        Response answer = transport.send(endpoint, request);
        if (answer.isSuccess()) {
          source = transport.source(repository.registry(), endpoint);
          return positioned(answer);
        }
        failure = Failures.of(what(), answer);
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        failure = Failures.of(what(), "GET", endpoint.uri(request.path()), e);
      }
      attempts.after(failure);
    }
  }

  /** A registry without ranges starts from the beginning: skip what we have. */
  private Response positioned(Response answer) throws IOException {
    if (position > 0 && answer.status() == 200) {
      answer.body().skipNBytes(position);
    }
    return answer;
  }

  private String what() {
    return "blob " + blob.digest() + " of " + repository;
  }

  @Override
  public void close() throws IOException {
    Response open = response;
    response = null;
    if (open != null) {
      open.close();
    }
  }
}
