package io.grpc;

/** Stands for gRPC, which is not on this class path. */
public interface Channel {}
