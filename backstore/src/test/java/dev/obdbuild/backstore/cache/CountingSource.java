package dev.obdbuild.backstore.cache;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Bytes in memory that remember what was asked of them. */
final class CountingSource implements BlockFile {

  /** One request. */
  record Request(long offset, long length) {}

  final byte[] bytes;
  private final List<Request> requests = new ArrayList<>();
  volatile boolean broken;

  /** So many requests fail from now on. */
  final AtomicInteger failures = new AtomicInteger();

  volatile boolean closed;
  volatile CountDownLatch gate = new CountDownLatch(0);

  CountingSource(byte[] bytes) {
    this.bytes = bytes;
  }

  synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Requests that have a byte of a range. */
  long requestsIn(long offset, long length) {
    return requests().stream()
        .filter(r -> r.offset() < offset + length && offset < r.offset() + r.length())
        .count();
  }

  long fetched() {
    return requests().stream().mapToLong(Request::length).sum();
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    synchronized (this) {
      requests.add(new Request(offset, dst.byteSize()));
    }
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    if (broken || failures.getAndUpdate(left -> Math.max(left - 1, 0)) > 0) {
      throw new IOException("registry is gone");
    }
    if (offset + dst.byteSize() > bytes.length) {
      throw new EOFException();
    }
    MemorySegment.copy(MemorySegment.ofArray(bytes), offset, dst, 0, dst.byteSize());
  }

  @Override
  public void close() {
    closed = true;
  }
}
