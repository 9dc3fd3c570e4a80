package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.ExecMeta.ProxyEnv;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Build arguments that name proxies: RUN gets them, cache keys and histories do not. */
final class ProxyArguments {
  private ProxyArguments() {}

  /** In any case; of two spellings the one that sorts last counts. */
  static Optional<ProxyEnv> of(Map<String, String> buildArgs) {
    Map<String, String> found = new TreeMap<>();
    new TreeMap<>(buildArgs)
        .forEach(
            (name, value) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              switch (lower) {
                case "http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy" ->
                    found.put(lower, value);
                default -> {}
              }
            });
    if (found.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ProxyEnv(
            found.getOrDefault("http_proxy", ""),
            found.getOrDefault("https_proxy", ""),
            found.getOrDefault("ftp_proxy", ""),
            found.getOrDefault("no_proxy", ""),
            found.getOrDefault("all_proxy", "")));
  }
}
