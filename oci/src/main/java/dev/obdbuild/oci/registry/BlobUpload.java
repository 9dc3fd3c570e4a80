package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Repository;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An upload whose bytes, and so whose digest, become known as it goes. Bytes are sent in chunks of
 * {@link #CHUNK}, each kept until the registry has it, so that a broken connection is repaired. To
 * be closed; one that was not {@link #finish finished} is then cancelled. Not thread-safe.
 */
public final class BlobUpload extends OutputStream {
  /** Bytes sent by one request, and kept in memory. */
  public static final int CHUNK = 8 << 20;

  /** What is kept of an upload at first: most are configs, statements and small layers. */
  private static final int SMALL = 16 << 10;

  private final Transport transport;
  private final Repository repository;
  private final UploadSession session;
  private byte[] chunk = new byte[SMALL];
  private int filled;
  private long offset;
  private boolean ended;

  BlobUpload(Transport transport, Repository repository) throws IOException {
    this.transport = transport;
    this.repository = repository;
    this.session = UploadSession.start(transport, repository);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    int at = from;
    int left = length;
    while (left > 0) {
      if (filled == CHUNK) {
        send();
      }
      int n = Math.min(left, CHUNK - filled);
      if (filled + n > chunk.length) {
        chunk = Arrays.copyOf(chunk, Math.clamp(2L * chunk.length, filled + n, CHUNK));
      }
      System.arraycopy(bytes, at, chunk, filled, n);
      filled += n;
      at += n;
      left -= n;
    }
  }

  /**
   * Sends the rest; the blob is there when this returns, stored by the registry as {@code digest}.
   */
  public void finish(Digest digest) throws IOException {
    send();
    Retry retry = transport.retry();
    while (true) {
      try {
        session.put(digest, BodyPublishers::noBody, new AtomicLong());
        ended = true;
        return;
      } catch (RegistryException.NotFound e) {
        if (!Blobs.exists(transport, repository, digest)) {
          throw e;
        }
        // The registry had done its work at an earlier attempt, whose answer was lost.
        ended = true;
        return;
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        retry.after(e);
      }
    }
  }

  private void send() throws IOException {
    Retry retry = transport.retry();
    long start = offset;
    long end = start + filled;
    while (offset < end) {
      int done = (int) (offset - start);
      AtomicLong sent = new AtomicLong();
      try {
        offset =
            session.patch(
                offset,
                filled - done,
                true,
                () -> BodyPublishers.ofByteArray(chunk, done, filled - done),
                sent);
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        retry.after(e);
        offset = where(start, end, e);
      }
      if (offset < start || offset > end) {
        throw new IOException(
            "the registry is at byte "
                + offset
                + " of an upload whose bytes "
                + start
                + " to "
                + end
                + " are being sent");
      }
    }
    filled = 0;
  }

  private long where(long start, long end, IOException cause) throws IOException {
    Retry retry = transport.retry();
    while (true) {
      try {
        long at = session.status();
        if (at >= start && at <= end) {
          return at;
        }
        throw cause;
      } catch (RegistryException.Unavailable e) {
        retry.after(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (ended) {
      return;
    }
    ended = true;
    try {
      session.cancel();
    } catch (RegistryException e) {
      // The upload was given up; that the registry keeps its bytes until it tidies up harms nobody.
      return;
    }
  }
}
