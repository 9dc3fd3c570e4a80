package dev.obdbuild.backstore.serve;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks a server. Thread-safe: each call has a connection of its own. */
final class BackstoreClient {
  private static final Duration SEND = Duration.ofSeconds(30);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Path socket;

  BackstoreClient(Path socket) {
    this.socket = socket;
  }

  /** There is nobody at the socket. */
  static final class NobodyThereException extends IOException {
    private static final long serialVersionUID = 1L;

    NobodyThereException(Path socket, Duration patience, IOException cause) {
      super(
          "no backstore answers at unix://"
              + socket
              + (patience.isZero() ? "" : " for " + patience.toSeconds() + " s")
              + " ("
              + cause.getMessage()
              + "): is 'obd-backstore serve' running?",
          cause);
    }
  }

  /**
   * The answer to a request, which is repeated while there is no server or the one that was asked
   * is gone.
   *
   * @param patience how long to wait for a server
   * @throws NobodyThereException when there is none
   * @throws IOException what the server says when it refuses
   */
  Reply call(Request request, Duration patience) throws IOException {
    byte[] bytes = Wire.encode(request);
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try (Frames frames = connect()) {
        frames.send(bytes, SEND);
        return checked(Wire.reply(frames.receive(answer(request))));
      } catch (SocketException | EOFException e) {
        pauseOrGiveUp(end, patience, e);
      }
    }
  }

  private static Duration answer(Request request) {
    return switch (request) {
      // Opening a hundred layers over a slow link takes its time.
      case Request.Export _, Request.Resume _ -> Duration.ofMinutes(10);
      case Request.Freeze _, Request.Close _, Request.Release _ -> Duration.ofMinutes(2);
      case Request.Status _, Request.Fail _, Request.Watch _, Request.Numbers _ ->
          Duration.ofSeconds(10);
    };
  }

  /** As {@link #call}, even on a thread that was interrupted: for what undoes something. */
  Reply callAlways(Request request, Duration patience) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      return call(request, patience);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A connection that lasts as long as the server. */
  Frames watch(Duration patience) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Frames frames = null;
      try {
        frames = connect();
        frames.send(Wire.encode(new Request.Watch()), SEND);
        var _ = checked(Wire.reply(frames.receive(SEND)));
        return frames;
      } catch (IOException e) {
        if (frames != null) {
          frames.close();
        }
        pauseOrGiveUp(end, patience, e);
      }
    }
  }

  private Frames connect() throws IOException {
    SocketChannel channel;
    try {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    } catch (SocketException e) {
      throw e;
    } catch (IOException e) {
      ConnectException told = new ConnectException(e.getMessage());
      told.initCause(e);
      throw told;
    }
    try {
      return new Frames(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private void pauseOrGiveUp(long end, Duration patience, IOException cause) throws IOException {
    if (System.nanoTime() - end >= 0) {
      throw new NobodyThereException(socket, patience, cause);
    }
    LockSupport.parkNanos(PAUSE_NANOS);
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("interrupted while waiting for the backstore at unix://" + socket);
    }
  }

  private Reply checked(Reply reply) throws IOException {
    if (reply instanceof Reply.Refused refused) {
      throw new IOException("the backstore at unix://" + socket + ": " + refused.reason());
    }
    return reply;
  }

  @Override
  public String toString() {
    return "unix://" + socket;
  }
}
