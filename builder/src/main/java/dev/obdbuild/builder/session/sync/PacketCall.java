package dev.obdbuild.builder.session.sync;

import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.protos.fsutil.Packet;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;

/**
 * {@code FileSend/DiffCopy} as the exporter of folders uses it: declared as bytes, its messages are
 * packets.
 */
public final class PacketCall {
  /** The method's full name. */
  public static final String NAME = "moby.filesync.v1.FileSend/DiffCopy";

  private PacketCall() {}

  /** The method with packets for messages. */
  private static MethodDescriptor<Packet, Packet> method() {
    return MethodDescriptor.<Packet, Packet>newBuilder()
        .setType(MethodType.BIDI_STREAMING)
        .setFullMethodName(NAME)
        .setRequestMarshaller(ProtoUtils.marshaller(Packet.getDefaultInstance()))
        .setResponseMarshaller(ProtoUtils.marshaller(Packet.getDefaultInstance()))
        .build();
  }

  /** Begins a transfer to the other end of {@code channel}. */
  public static Duplex<Packet, Packet> fileSend(Channel channel, Metadata headers, String what) {
    Duplex<Packet, Packet> call = new Duplex<>(what, StatOrder.MOST_FILES);
    Channel with =
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    ClientCalls.asyncBidiStreamingCall(with.newCall(method(), CallOptions.DEFAULT), call);
    return call;
  }
}
