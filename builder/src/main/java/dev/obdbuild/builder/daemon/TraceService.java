package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.call.Calls;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * OpenTelemetry's collector: clients hand over their traces when they end. The messages pass
 * through as bytes, to whoever collects them.
 */
final class TraceService implements BindableService {

  private static final String SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService";

  /** The method, for both ends. */
  static final MethodDescriptor<byte[], byte[]> EXPORT =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Export"))
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  /** Takes one request of {@code Export} on; answers with the response. */
  @FunctionalInterface
  interface Collector {
    byte[] export(byte[] request) throws IOException;
  }

  private final Collector collector;

  TraceService(Collector collector) {
    this.collector = collector;
  }

  /** One that nobody collects from. */
  static Collector discarding() {
    return request -> new byte[0];
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(
            EXPORT,
            ServerCalls.asyncUnaryCall(
                (request, out) -> Calls.unary(out, cancellation -> collector.export(request))))
        .build();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
