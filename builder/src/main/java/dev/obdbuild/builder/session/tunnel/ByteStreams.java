package dev.obdbuild.builder.session.tunnel;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The two directions of a call whose messages are pieces of a stream of bytes. */
public final class ByteStreams {
  /** Bytes of one message that is sent. */
  private static final int CHUNK = 64 << 10;

  private ByteStreams() {}

  /**
   * What comes, as a stream. Closing it before the end cuts the call.
   *
   * @param patience how long a message may be awaited
   */
  public static <O, I> InputStream input(
      Duplex<O, I> call, Function<I, ByteString> bytes, Duration patience) {
    return new Input<>(call, bytes, patience);
  }

  /** What goes, as a stream. Closing it says that no more comes, and does not wait. */
  public static <O, I> OutputStream output(Duplex<O, I> call, Function<ByteString, O> message) {
    return new Output<>(call, message);
  }

  private static final class Input<O, I> extends ByteStringInput {
    private final Duplex<O, I> call;
    private final Function<I, ByteString> bytes;
    private final Duration patience;
    private boolean ended;

    Input(Duplex<O, I> call, Function<I, ByteString> bytes, Duration patience) {
      this.call = call;
      this.bytes = bytes;
      this.patience = patience;
    }

    @Override
    protected @Nullable ByteString next() throws IOException {
      I message = ended ? null : call.receive(patience);
      ended = message == null;
      return message == null ? null : bytes.apply(message);
    }

    @Override
    public void close() {
      if (!ended) {
        ended = true;
        call.abort(Status.CANCELLED.withDescription("not wanted any more"));
      }
    }
  }

  private static final class Output<O, I> extends OutputStream {
    private final Duplex<O, I> call;
    private final Function<ByteString, O> message;
    private boolean closed;

    Output(Duplex<O, I> call, Function<ByteString, O> message) {
      this.call = call;
      this.message = message;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      if (closed) {
        throw new IOException("the stream is closed");
      }
      for (int done = 0; done < length; done += CHUNK) {
        int n = Math.min(CHUNK, length - done);
        call.send(message.apply(ByteString.copyFrom(from, offset + done, n)));
      }
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        call.finish();
      }
    }
  }
}
