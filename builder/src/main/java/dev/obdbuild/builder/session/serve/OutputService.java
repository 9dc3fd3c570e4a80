package dev.obdbuild.builder.session.serve;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.obdbuild.builder.session.HeaderText;
import dev.obdbuild.builder.session.sync.FolderWriter;
import dev.obdbuild.builder.session.sync.PacketCall;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.protos.filesync.BytesMessage;
import dev.obdbuild.protos.fsutil.Packet;
import dev.obdbuild.snapshots.mount.MountThreads;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings outputs of exporters to this machine. One method for two protocols: bytes of a file, or
 * the packets of a folder; which of them depends on the exporter.
 */
final class OutputService {
  private static final String METADATA = "exporter-md-";
  private static final int WINDOW = 16;

  private final Map<Integer, OutputTarget> targets;
  private final MountThreads threads;

  /**
   * @param targets by the exporters' numbers
   * @param threads write folders
   */
  OutputService(Map<Integer, OutputTarget> targets, MountThreads threads) {
    this.targets = Map.copyOf(targets);
    this.threads = threads;
  }

  ServerServiceDefinition definition() {
    MethodDescriptor<Object, Object> method =
        MethodDescriptor.newBuilder()
            .setType(MethodType.BIDI_STREAMING)
            .setFullMethodName(PacketCall.NAME)
            .setRequestMarshaller(new Either())
            .setResponseMarshaller(new Either())
            .build();
    return ServerServiceDefinition.builder("moby.filesync.v1.FileSend")
        .addMethod(method, ServerCalls.asyncBidiStreamingCall(this::receive))
        .build();
  }

  /** Messages are taken apart when it is known what they are. */
  private static final class Either implements MethodDescriptor.Marshaller<Object> {
    private final MethodDescriptor.Marshaller<Packet> packets =
        ProtoUtils.marshaller(Packet.getDefaultInstance());

    @Override
    public InputStream stream(Object message) {
      return packets.stream((Packet) message);
    }

    @Override
    public Object parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw Status.INTERNAL.withCause(e).asRuntimeException();
      }
    }
  }

  private StreamObserver<Object> receive(StreamObserver<Object> out) {
    Metadata headers = CallHeaders.current();
    List<String> ids = HeaderText.all(headers, "buildkit-attachable-exporter-id");
    @Nullable OutputTarget target;
    try {
      target = targets.get(ids.isEmpty() ? 0 : Integer.parseInt(ids.getFirst()));
    } catch (NumberFormatException e) {
      target = null;
    }
    return switch (target) {
      case OutputTarget.Single single ->
          Serving.conversation(
              "output", WINDOW, out, call -> single(single.open(metadata(headers)), call));
      case OutputTarget.Folder folder ->
          packets(
              out, call -> new FolderWriter(folder.path(), folder.mirror(), threads, call).run());
      case null ->
          Serving.conversation(
              "output",
              WINDOW,
              out,
              call -> {
                throw Status.NOT_FOUND
                    .withDescription("no output is wanted of exporter " + ids)
                    .asRuntimeException();
              });
    };
  }

  private static void single(OutputStream file, Duplex<Object, Object> call) throws IOException {
    try (file) {
      for (Object message = call.receive(Duplex.FOREVER);
          message != null;
          message = call.receive(Duplex.FOREVER)) {
        BytesMessage.parseFrom((byte[]) message).getData().writeTo(file);
      }
    }
  }

  private static StreamObserver<Object> packets(
      StreamObserver<Object> out, Serving.Conversation<Packet, Packet> work) {
    StreamObserver<Packet> typed = Serving.conversation("output folder", WINDOW, cast(out), work);
    return new StreamObserver<>() {
      @Override
      public void onNext(Object message) {
        try {
          typed.onNext(Packet.parseFrom((byte[]) message));
        } catch (InvalidProtocolBufferException e) {
          typed.onError(
              Status.INVALID_ARGUMENT
                  .withDescription("a packet that is none")
                  .asRuntimeException());
        }
      }

      @Override
      public void onError(Throwable failure) {
        typed.onError(failure);
      }

      @Override
      public void onCompleted() {
        typed.onCompleted();
      }
    };
  }

  /** The marshaller of answers takes packets, and only packets are answered. */
  @SuppressWarnings("unchecked")
  private static StreamObserver<Packet> cast(StreamObserver<?> out) {
    return (StreamObserver<Packet>) out;
  }

  private static Map<String, String> metadata(Metadata headers) {
    Map<String, String> all = new HashMap<>();
    for (String key : headers.keys()) {
      if (key.toLowerCase(Locale.ROOT).startsWith(METADATA)) {
        all.put(key.substring(METADATA.length()), String.join(",", HeaderText.all(headers, key)));
      }
    }
    return all;
  }
}
