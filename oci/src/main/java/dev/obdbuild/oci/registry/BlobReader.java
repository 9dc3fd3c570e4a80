package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Repository;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Random access to one blob by ranged requests. The address that a registry redirects to is kept
 * while it works. Bytes are not verified here: the digest is of the whole blob. Thread-safe;
 * blocks.
 */
public final class BlobReader {
  /**
   * Bytes to be read. Any thread must be able to write the segment (heap, shared or automatic
   * arena).
   */
  public record Range(long offset, MemorySegment dst) {}

  private static final int IN_FLIGHT = 8;
  private static final Duration TARGET_LIFE = Duration.ofMinutes(4);

  private record Target(Endpoint endpoint, URI uri, long untilNanos) {
    boolean isFresh() {
      return System.nanoTime() - untilNanos < 0;
    }
  }

  private final Transport transport;
  private final Repository repository;
  private final Descriptor blob;
  private final Semaphore inFlight = new Semaphore(IN_FLIGHT);
  private final AtomicLong fetched = new AtomicLong();
  private volatile @Nullable Target target;

  BlobReader(Transport transport, Repository repository, Descriptor blob) {
    this.transport = transport;
    this.repository = repository;
    this.blob = blob;
  }

  /** Size of the blob in bytes. */
  public long size() {
    return blob.size();
  }

  /** Bytes of answers that were read so far. */
  public long fetchedBytes() {
    return fetched.get();
  }

  /**
   * Fills {@code dst} from {@code offset} by one request, or several at a time if it is large.
   *
   * @throws EOFException if that goes past {@link #size}
   */
  public void read(long offset, MemorySegment dst) throws IOException {
    readMany(List.of(new Range(offset, dst)));
  }

  /**
   * Fills all of {@code ranges}: neighbours are asked for together, what is large in pieces,
   * several at a time. Returns when no request runs any more; after a failure nothing is promised
   * of any segment.
   */
  public void readMany(List<Range> ranges) throws IOException {
    for (Range range : ranges) {
      if (range.offset() < 0 || range.dst().byteSize() > blob.size() - range.offset()) {
        throw new EOFException(
            what()
                + ": "
                + range.dst().byteSize()
                + " bytes at "
                + range.offset()
                + " of "
                + blob.size());
      }
    }
    List<Fetch> fetches = Fetch.plan(ranges);
    if (fetches.size() == 1) {
      fetch(fetches.getFirst());
      return;
    }
    List<Future<?>> running = new ArrayList<>();
    for (Fetch fetch : fetches) {
      running.add(
          transport
              .threads()
              .submit(
                  () -> {
                    fetch(fetch);
                    return fetch;
                  }));
    }
    await(running);
  }

  private static void await(List<Future<?>> running) throws IOException {
    IOException failure = null;
    for (Future<?> one : running) {
      boolean waiting = true;
      while (waiting) {
        try {
          one.get();
          waiting = false;
        } catch (InterruptedException e) {
          // The segments are the caller's again when we return, so wait on; only no new request is
          // begun.
          running.forEach(f -> f.cancel(true));
          failure = Retry.interrupted();
        } catch (CancellationException e) {
          waiting = false;
        } catch (ExecutionException e) {
          waiting = false;
          failure = failure == null ? io(e) : failure;
        }
      }
    }
    if (failure instanceof InterruptedIOException) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static IOException io(ExecutionException e) {
    return e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
  }

  private void fetch(Fetch fetch) throws IOException {
    try {
      inFlight.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Retry.interrupted();
    }
    try {
      Fetch.Progress progress = fetch.start();
      Retry retry = transport.retry();
      while (progress.left() > 0) {
        attempt(fetch, progress, retry);
      }
    } finally {
      inFlight.release();
    }
  }

  private void attempt(Fetch fetch, Fetch.Progress progress, Retry retry) throws IOException {
    long before = progress.left();
    IOException failure;
    try (Response response = ask(fetch, progress)) {
      if (response.status() == 206 || response.status() == 200) {
        position(response, progress);
        progress.fill(response.body(), fetched);
        finish(response);
        return;
      }
      failure = Failures.of(what(), response);
      if (!isPassing(response.status()) && target != null) {
        // A kept address has expired: go back to the registry, which is not yet a failure of its
        // own.
        failure = new IOException("the address that was redirected to has expired", failure);
      }
      target = null;
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      Target kept = target;
      target = null;
      URI uri = kept == null ? URI.create("blob:" + blob.digest()) : kept.uri();
      failure =
          Failures.of(what() + ", bytes " + fetch.offset() + "+" + fetch.length(), "GET", uri, e);
    }
    if (progress.left() < before) {
      retry.progressed();
    }
    retry.after(failure);
  }

  /** Sees the end of an answer that was read wholly, so that its connection can be used again. */
  private static void finish(Response response) throws IOException {
    if (response.status() == 206 && response.body().read() >= 0) {
      String url = Failures.shown(response.uri());
      throw new RegistryException.Rejected(
          "a ranged answer is longer than what was asked for (" + url + ")", url, 206, List.of());
    }
  }

  private Response ask(Fetch fetch, Fetch.Progress progress) throws IOException {
    long from = fetch.end() - progress.left();
    Request request =
        Request.get(repository.name() + "/blobs/" + blob.digest())
            .pulling(repository.name())
            .header("Range", "bytes=" + from + "-" + (fetch.end() - 1));
    Target kept = target;
    if (kept != null && kept.isFresh()) {
      return transport.send(kept.endpoint(), kept.uri(), request);
    }
    target = null;
    return transport.reading(
        repository.registry(),
        endpoint -> {
          Response response = transport.send(endpoint, request);
          if (!response.isSuccess() && !isPassing(response.status())) {
            throw Failures.of(what(), response);
          }
          if (response.isSuccess()) {
            target =
                new Target(endpoint, response.uri(), System.nanoTime() + TARGET_LIFE.toNanos());
          }
          return response;
        });
  }

  private static boolean isPassing(int status) {
    return status >= 500 || status == 429 || status == 408;
  }

  private void position(Response response, Fetch.Progress progress) throws IOException {
    long wanted = progress.position();
    if (response.status() == 200) {
      response.body().skipNBytes(wanted);
      return;
    }
    String range = response.header("Content-Range").orElse("");
    if (!range.startsWith("bytes " + wanted + "-")) {
      String url = Failures.shown(response.uri());
      throw new RegistryException.Rejected(
          what()
              + ": bytes from "
              + wanted
              + " were asked for, the answer has '"
              + range
              + "' ("
              + url
              + ")",
          url,
          response.status(),
          List.of());
    }
  }

  private String what() {
    return "blob " + blob.digest() + " of " + repository;
  }
}
