package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Repository;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Uploads one file: small ones by one PUT; larger ones by one PATCH, which after a broken
 * connection goes on where the registry is, and an empty PUT.
 */
final class FileUpload {
  private static final long MONOLITHIC = 1 << 20;

  private final Transport transport;
  private final Repository repository;
  private final Descriptor blob;
  private final Path file;
  private final LongConsumer progress;
  private final AtomicLong sent = new AtomicLong();
  private long told;

  FileUpload(
      Transport transport,
      Repository repository,
      Descriptor blob,
      Path file,
      LongConsumer progress) {
    this.transport = transport;
    this.repository = repository;
    this.blob = blob;
    this.file = file;
    this.progress = progress;
  }

  void run() throws IOException {
    Retry retry = transport.retry();
    UploadSession session = UploadSession.start(transport, repository);
    long offset = 0;
    while (true) {
      long before = offset;
      try {
        if (blob.size() <= MONOLITHIC) {
          session.put(blob.digest(), body(0), sent);
          tell(blob.size());
          return;
        }
        while (offset < blob.size()) {
          offset = session.patch(offset, blob.size() - offset, offset > 0, body(offset), sent);
        }
        session.put(blob.digest(), BodyPublishers::noBody, sent);
        return;
      } catch (InterruptedIOException e) {
        throw e;
      } catch (RegistryException e) {
        if (!e.getClass().equals(RegistryException.NotFound.class) && e.status() != 416) {
          retry.after(e);
        } else {
          retry.after(
              new RegistryException.Unavailable(
                  e.getMessage() + "; the upload was lost",
                  e.url(),
                  e.status(),
                  e.errors(),
                  null,
                  e));
        }
        Optional<Long> at = blob.size() <= MONOLITHIC ? Optional.empty() : where(session);
        if (at.isEmpty() && Blobs.exists(transport, repository, blob.digest())) {
          // The registry had done its work; only its answer was lost.
          tell(blob.size());
          return;
        }
        if (at.isEmpty()) {
          session = UploadSession.start(transport, repository);
        }
        offset = at.orElse(0L);
        if (offset > before) {
          retry.progressed();
        }
      }
    }
  }

  /** Where the registry is; nothing if it has lost the upload. */
  private Optional<Long> where(UploadSession session) throws IOException {
    Retry retry = transport.retry();
    while (true) {
      try {
        long offset = session.status();
        return offset > blob.size() ? Optional.empty() : Optional.of(offset);
      } catch (InterruptedIOException | RegistryException.Unauthorized e) {
        throw e;
      } catch (RegistryException.Unavailable e) {
        retry.after(e);
      } catch (RegistryException e) {
        return Optional.empty();
      }
    }
  }

  private Supplier<BodyPublisher> body(long offset) {
    long length = blob.size() - offset;
    if (length == 0) {
      return BodyPublishers::noBody;
    }
    return () ->
        BodyPublishers.fromPublisher(
            BodyPublishers.ofInputStream(() -> open(offset, length)), length);
  }

  private InputStream open(long offset, long length) {
    try {
      FileChannel channel = FileChannel.open(file);
      channel.position(offset);
      return new Counted(Channels.newInputStream(channel), offset, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void tell(long bytes) {
    if (bytes > told) {
      told = bytes;
      progress.accept(bytes);
    }
  }

  private final class Counted extends FilterInputStream {
    private long position;
    private long left;

    Counted(InputStream in, long offset, long length) {
      super(in);
      this.position = offset;
      this.left = length;
    }

    @Override
    public int read(byte[] dst, int from, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = super.read(dst, from, (int) Math.min(length, left));
      if (n > 0) {
        left -= n;
        position += n;
        sent.addAndGet(n);
        tell(position);
      }
      return n;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }
  }
}
