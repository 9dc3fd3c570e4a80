package dev.obdbuild.worker.network;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Which network containers are in.
 *
 * @param mode which kind
 * @param cniConfig the CNI configuration, one network (.conf) or a list (.conflist)
 * @param cniPlugins folder of the CNI plugins' programs
 * @param cniState folder that remembers who is attached through CNI
 * @param subnet the bridge's addresses, as 10.10.0.0/16; empty for a free one
 * @param poolSize how many namespaces on the bridge are kept ready
 */
public record NetworkConfig(
    Mode mode,
    Path cniConfig,
    Path cniPlugins,
    Path cniState,
    Optional<Subnet> subnet,
    int poolSize) {

  /** BuildKit's place of the CNI configuration. */
  public static final Path CNI_CONFIG = Path.of("/etc/buildkit/cni.json");

  /** BuildKit's place of the plugins. */
  public static final Path CNI_PLUGINS = Path.of("/opt/cni/bin");

  private static final int READY = 4;

  /** Kinds of network, as {@code networkMode} names them. */
  public enum Mode {
    /** CNI where its configuration exists, else the host's. */
    AUTO,
    HOST,
    BRIDGE,
    CNI;

    /**
     * The mode of a name.
     *
     * @throws IllegalArgumentException naming one that there is not
     */
    public static Mode named(String name) {
      return switch (name.toLowerCase(Locale.ROOT)) {
        case "", "auto" -> AUTO;
        case "host" -> HOST;
        case "bridge" -> BRIDGE;
        case "cni" -> CNI;
        default -> throw new IllegalArgumentException("invalid network mode: \"" + name + "\"");
      };
    }
  }

  /** A mode with everything else as BuildKit has it. */
  public static NetworkConfig of(Mode mode, Path cniState) {
    return new NetworkConfig(mode, CNI_CONFIG, CNI_PLUGINS, cniState, Optional.empty(), READY);
  }
}
