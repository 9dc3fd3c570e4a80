package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Repository;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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

  private static final int IN_FLIGHT = 64;
  private static final Duration TARGET_LIFE = Duration.ofMinutes(4);
  private static final Duration DISTRUST = Duration.ofSeconds(30);

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
  private volatile BlobSource source = BlobSource.REGISTRY;

  /** Whether something was wrong lately, until when. */
  private volatile boolean suspicious;

  private volatile long distrustedUntil;

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

  /** Who answered last. */
  public BlobSource source() {
    return source;
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
    long deadline = System.nanoTime() + transport.readDeadline().toNanos();
    try {
      if (!inFlight.tryAcquire(transport.readDeadline().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new HttpTimeoutException(
            what() + ": no turn within " + transport.readDeadline().toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Retry.interrupted();
    }
    transport.counters().begun();
    try {
      Fetch.Progress progress = fetch.start();
      Retry retry = transport.retry(deadline);
      while (progress.left() > 0) {
        attempt(fetch, progress, retry, deadline);
      }
    } finally {
      transport.counters().ended();
      inFlight.release();
    }
  }

  /** An answer and who gave it. */
  private record Answer(Endpoint endpoint, Response response) {}

  private void attempt(Fetch fetch, Fetch.Progress progress, Retry retry, long deadline)
      throws IOException {
    long before = progress.left();
    IOException failure;
    Endpoint asked = null;
    boolean hadTarget = target != null;
    try {
      Answer answer = ask(fetch, progress);
      asked = answer.endpoint();
      source = transport.source(repository.registry(), asked);
      try (Response response = answer.response()) {
        if (response.status() == 206 || response.status() == 200) {
          position(response, progress);
          try {
            progress.fill(response.body(), fetched, deadline);
          } finally {
            transport.counters().read(source, before - progress.left());
          }
          finish(response);
          return;
        }
        failure = Failures.of(what(fetch), response);
        if (!isPassing(response.status()) && hadTarget) {
          // A kept address has expired: go back to the registry, which is not yet a failure of its
          // own.
          failure = new IOException("the address that was redirected to has expired", failure);
        }
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      Target kept = target;
      URI uri = kept == null ? URI.create("blob:" + blob.digest()) : kept.uri();
      failure = Failures.of(what(fetch), "GET", uri, e);
    }
    target = null;
    if (asked != null && transport.isMirror(repository.registry(), asked)) {
      // Somebody else has the bytes, too.
      transport.passOver(asked);
      failure = new IOException(String.valueOf(failure.getMessage()), failure);
    }
    if (progress.left() < before) {
      retry.progressed();
    }
    retry.after(failure);
  }

  /**
   * What was read turned out to be wrong: the next reads ask another endpoint, if there is one, and
   * no cache on the way.
   */
  public void distrust() {
    Target kept = target;
    target = null;
    distrustedUntil = System.nanoTime() + DISTRUST.toNanos();
    suspicious = true;
    Endpoint last = kept == null ? null : kept.endpoint();
    if (last != null) {
      transport.passOver(last);
    }
  }

  /** Sees the end of an answer that was read wholly, so that its connection can be used again. */
  private static void finish(Response response) throws IOException {
    if (response.status() == 206 && response.body().read() >= 0) {
      String url = Failures.shown(response.uri());
      throw new RegistryException.Rejected(
          "a ranged answer is longer than what was asked for (" + url + ")", url, 206, List.of());
    }
  }

  private Answer ask(Fetch fetch, Fetch.Progress progress) throws IOException {
    long from = fetch.end() - progress.left();
    Request request =
        Request.get(repository.name() + "/blobs/" + blob.digest())
            .pulling(repository.name())
            .header("Range", "bytes=" + from + "-" + (fetch.end() - 1));
    if (suspicious) {
      suspicious = System.nanoTime() - distrustedUntil < 0;
      request = request.header("Cache-Control", "no-cache");
    }
    Target kept = target;
    if (kept != null && kept.isFresh() && !transport.isDown(kept.endpoint())) {
      return new Answer(kept.endpoint(), transport.send(kept.endpoint(), kept.uri(), request));
    }
    target = null;
    Request sent = request;
    return transport.reading(
        repository.registry(),
        endpoint -> {
          Response response = send(endpoint, sent, fetch);
          boolean mirror = transport.isMirror(repository.registry(), endpoint);
          if (!response.isSuccess() && (mirror || !isPassing(response.status()))) {
            throw Failures.of(what(fetch), response);
          }
          if (response.isSuccess()) {
            target =
                new Target(endpoint, response.uri(), System.nanoTime() + TARGET_LIFE.toNanos());
          }
          return new Answer(endpoint, response);
        });
  }

  private Response send(Endpoint endpoint, Request request, Fetch fetch) throws IOException {
    try {
      return transport.send(endpoint, request);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw Failures.of(what(fetch), "GET", endpoint.uri(request.path()), e);
    }
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
    long length = response.headers().firstValueAsLong("Content-Length").orElse(progress.left());
    if (!range.startsWith("bytes " + wanted + "-") || length > progress.left()) {
      // Perhaps a proxy that mixes up answers: worth another attempt.
      throw new IOException(
          "bytes "
              + wanted
              + "+"
              + progress.left()
              + " were asked for, the answer has "
              + length
              + " of '"
              + range
              + "'");
    }
    String whole = range.substring(range.indexOf('/') + 1);
    if (!whole.equals("*") && !whole.equals(Long.toString(blob.size()))) {
      String url = Failures.shown(response.uri());
      throw new RegistryException.Rejected(
          what() + " has " + blob.size() + " bytes, found are " + whole + " (" + url + ")",
          url,
          response.status(),
          List.of());
    }
  }

  private String what(Fetch fetch) {
    return what() + ", bytes " + fetch.offset() + "+" + fetch.length();
  }

  private String what() {
    return "blob " + blob.digest() + " of " + repository;
  }
}
