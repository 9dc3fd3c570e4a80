package dev.obdbuild.builder.session;

import dev.obdbuild.protos.control.BytesMessage;
import io.grpc.stub.ServerCallStreamObserver;

/** A stream to a client that takes everything and sends nothing. */
final class IdleStream extends ServerCallStreamObserver<BytesMessage> {
  private final Runnable taken;

  /**
   * A stream.
   *
   * @param taken run when somebody begins to use it
   */
  IdleStream(Runnable taken) {
    this.taken = taken;
  }

  @Override
  public void disableAutoRequest() {
    taken.run();
  }

  @Override
  public void disableAutoInboundFlowControl() {
    disableAutoRequest();
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {}

  @Override
  public void setOnReadyHandler(Runnable handler) {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void request(int count) {}

  @Override
  public void onNext(BytesMessage message) {}

  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onCompleted() {}
}
