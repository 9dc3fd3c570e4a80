package dev.obdbuild.builder.session.serve;

import dev.obdbuild.builder.session.tunnel.ByteStreams;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.protos.ssh.BytesMessage;
import dev.obdbuild.protos.ssh.CheckAgentRequest;
import dev.obdbuild.protos.ssh.CheckAgentResponse;
import dev.obdbuild.protos.ssh.SSHGrpc;
import dev.obdbuild.worker.SshAgents;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Forwards connections to SSH agents of this machine. */
final class AgentService extends SSHGrpc.SSHImplBase {
  private static final Metadata.Key<String> ID =
      Metadata.Key.of("buildkit.ssh.id", Metadata.ASCII_STRING_MARSHALLER);

  private static final int WINDOW = 16;

  private final SshAgents agents;

  AgentService(SshAgents agents) {
    this.agents = agents;
  }

  private static String id(String wire) {
    return wire.isEmpty() ? "default" : wire;
  }

  @Override
  public void checkAgent(CheckAgentRequest request, StreamObserver<CheckAgentResponse> out) {
    String id = id(request.getID());
    Serving.answer(
        out,
        () -> {
          if (!agents.has(id)) {
            throw Status.UNKNOWN
                .withDescription("unset ssh forward key " + id)
                .asRuntimeException();
          }
          return CheckAgentResponse.getDefaultInstance();
        });
  }

  @Override
  public StreamObserver<BytesMessage> forwardAgent(StreamObserver<BytesMessage> out) {
    String header = CallHeaders.current().get(ID);
    String id = id(header == null ? "" : header);
    return Serving.conversation("SSH agent " + id, WINDOW, out, call -> forward(id, call));
  }

  private void forward(String id, Duplex<BytesMessage, BytesMessage> call) throws IOException {
    InputStream asked = ByteStreams.input(call, BytesMessage::getData, Duplex.FOREVER);
    OutputStream answered =
        ByteStreams.output(call, bytes -> BytesMessage.newBuilder().setData(bytes).build());
    try (SshAgents.Connection agent = agents.connect(id)) {
      Thread asking =
          Thread.ofVirtual()
              .name("ssh-agent")
              .start(
                  () -> {
                    try (OutputStream toAgent = agent.out()) {
                      asked.transferTo(toAgent);
                    } catch (IOException e) {
                      // The conversation is cut; the agent's end of it shows that to whoever reads.
                      close(agent);
                    }
                  });
      try {
        agent.in().transferTo(answered);
      } finally {
        asking.interrupt();
      }
    }
  }

  private static void close(SshAgents.Connection agent) {
    try {
      agent.close();
    } catch (IOException e) {
      Thread.currentThread().interrupt();
    }
  }
}
