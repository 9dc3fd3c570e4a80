package dev.obdbuild.planted.grpc_use;

import io.grpc.Channel;

/** Sees gRPC outside builder. */
public interface GrpcUse {
  Channel channel();
}
