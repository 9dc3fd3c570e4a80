package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.TopFiles;

/** What a client asks of a server; each names its device by {@link DeviceSpec#key}. */
public sealed interface Request {

  /** Serve a device; one of that key and layers that is served already will do. */
  record Export(DeviceSpec spec) implements Request {}

  /**
   * The kernel has written all: take no more writes into the layer whose files these are, so that
   * the client may.
   */
  record Freeze(String key, TopFiles top) implements Request {}

  /** The client has finished the frozen layer: writes go to this one from now on. */
  record Resume(String key, TopFiles next) implements Request {}

  /** Tell of a failure. */
  record Status(String key) implements Request {}

  /** Fail every access from now on. */
  record Fail(String key, String reason) implements Request {}

  /** Take the device away; nothing if there is none. */
  record Close(String key) implements Request {}

  /** Take away all devices of an owner that is gone. */
  record Release(String owner) implements Request {}

  /** Answer at once, and end the connection only with the server. */
  record Watch() implements Request {}

  /** What an owner's devices have done, and what the server has fetched. */
  record Numbers(String owner) implements Request {}
}
