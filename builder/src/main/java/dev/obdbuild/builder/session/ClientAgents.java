package dev.obdbuild.builder.session;

import dev.obdbuild.builder.session.tunnel.ByteStreams;
import dev.obdbuild.builder.session.tunnel.CallException;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.protos.ssh.BytesMessage;
import dev.obdbuild.protos.ssh.CheckAgentRequest;
import dev.obdbuild.protos.ssh.SSHGrpc;
import dev.obdbuild.worker.SshAgents;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/** A client's SSH agents; each connection to one is a call. */
final class ClientAgents implements SshAgents {
  private static final Metadata.Key<String> ID =
      Metadata.Key.of("buildkit.ssh.id", Metadata.ASCII_STRING_MARSHALLER);

  private static final int SECONDS = 60;
  private static final int WINDOW = 16;

  private final TunnelSession session;

  ClientAgents(TunnelSession session) {
    this.session = session;
  }

  @Override
  public boolean has(String id) throws IOException {
    try {
      var unused =
          SSHGrpc.newBlockingStub(session.channel())
              .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
              .checkAgent(CheckAgentRequest.newBuilder().setID(id).build());
      return true;
    } catch (StatusRuntimeException e) {
      CallException failure = CallException.of("SSH agent \"" + id + "\"", e);
      // Clients tell an agent they do not have as an error of no particular kind.
      if (failure.isAbsent() || failure.code() == Status.Code.UNKNOWN) {
        return false;
      }
      throw failure;
    }
  }

  @Override
  public Connection connect(String id) {
    Metadata headers = new Metadata();
    headers.put(ID, id.isEmpty() ? "default" : id);
    Duplex<BytesMessage, BytesMessage> call = new Duplex<>("SSH agent \"" + id + "\"", WINDOW);
    SSHGrpc.newStub(session.channel())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .forwardAgent(call);
    InputStream in = ByteStreams.input(call, BytesMessage::getData, Duplex.FOREVER);
    OutputStream out =
        ByteStreams.output(call, bytes -> BytesMessage.newBuilder().setData(bytes).build());
    return new Connection() {
      @Override
      public InputStream in() {
        return in;
      }

      @Override
      public OutputStream out() {
        return out;
      }

      @Override
      public void close() throws IOException {
        out.close();
        in.close();
      }
    };
  }
}
