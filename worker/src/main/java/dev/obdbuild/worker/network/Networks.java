package dev.obdbuild.worker.network;

import dev.obdbuild.snapshots.sweep.ResourceJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The network that containers are in unless they ask for another. Thread-safe. Closed after the
 * last container, it takes away what it made on the host.
 */
public interface Networks extends AutoCloseable {

  /**
   * Network for one container.
   *
   * @param container a name that nothing else has
   */
  Attachment attach(String container) throws IOException;

  @Override
  void close() throws IOException;

  /** One container's part in a network. To be closed when the container has ended. */
  interface Attachment extends AutoCloseable {

    /** A file that stands for the namespace to join; empty for the host's own. */
    Optional<Path> namespace();

    @Override
    void close() throws IOException;
  }

  /** The host's own namespace. */
  static Networks ofHost() {
    return new HostNetworks();
  }

  /**
   * The networks that a configuration asks for; nothing is made on the host before the first
   * container needs it.
   *
   * @throws IOException when CNI is asked for and not there, named
   */
  static Networks open(NetworkConfig config, ResourceJournal journal) throws IOException {
    return switch (config.mode()) {
      case HOST -> ofHost();
      case BRIDGE -> new BridgeNetworks(config, journal);
      case CNI -> CniNetworks.open(config);
      case AUTO -> Files.exists(config.cniConfig()) ? CniNetworks.open(config) : ofHost();
    };
  }
}
