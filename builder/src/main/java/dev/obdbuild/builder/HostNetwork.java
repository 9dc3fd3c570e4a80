package dev.obdbuild.builder;

import dev.obdbuild.builder.config.DaemonSettings;
import dev.obdbuild.worker.exec.Dns;
import dev.obdbuild.worker.network.NetworkConfig;
import dev.obdbuild.worker.network.Subnet;
import java.nio.file.Path;

/** What a configuration says of the network of steps, in the worker's terms. */
final class HostNetwork {

  private HostNetwork() {}

  /**
   * The network.
   *
   * @param cniState folder that remembers who is attached through CNI
   */
  static NetworkConfig of(DaemonSettings.Network said, Path cniState) {
    NetworkConfig preset = NetworkConfig.of(NetworkConfig.Mode.named(said.mode()), cniState);
    return new NetworkConfig(
        preset.mode(),
        said.cniConfig().orElse(preset.cniConfig()),
        said.cniBinaries().orElse(preset.cniPlugins()),
        cniState,
        said.bridgeSubnet().map(Subnet::parse),
        said.poolSize().orElse(preset.poolSize()));
  }

  static Dns of(DaemonSettings.Dns said) {
    return new Dns(said.nameservers(), said.options(), said.searchDomains());
  }
}
