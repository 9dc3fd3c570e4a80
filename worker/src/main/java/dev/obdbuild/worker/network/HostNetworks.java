package dev.obdbuild.worker.network;

import java.nio.file.Path;
import java.util.Optional;

/** Everybody in the host's own namespace. */
record HostNetworks() implements Networks, Networks.Attachment {

  @Override
  public Attachment attach(String container) {
    return this;
  }

  @Override
  public Optional<Path> namespace() {
    return Optional.empty();
  }

  @Override
  public void close() {}
}
