package dev.obdbuild.builder.gateway;

import dev.obdbuild.frontend.plan.UnsupportedException;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.oci.image.ContainerConfig;
import dev.obdbuild.worker.ProcessRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a frontend's image says of how it is run.
 *
 * @param config of the image
 */
record FrontendImage(ContainerConfig config) {

  private static final String CAPS_LABEL = "moby.buildkit.frontend.caps";
  private static final String NO_NETWORK_LABEL = "moby.buildkit.frontend.network.none";
  private static final String CAPS_OPTION = "frontend.caps";
  private static final String INPUTS = "moby.buildkit.frontend.inputs";

  /** What Go reads as true. */
  private static final Set<String> YES = Set.of("1", "t", "T", "TRUE", "true", "True");

  /**
   * Checks that the frontend can do what its options need.
   *
   * @throws UnsupportedException naming what it cannot; clients then do without it
   */
  void check(Map<String, String> options, boolean hasInputs) throws UnsupportedException {
    Set<String> needed = caps(options.getOrDefault(CAPS_OPTION, ""));
    if (hasInputs) {
      needed.add(INPUTS);
    }
    Set<String> known = caps(config.labels().getOrDefault(CAPS_LABEL, ""));
    for (String cap : needed) {
      if (!known.contains(cap)) {
        throw UnsupportedException.capability(cap);
      }
    }
  }

  /** Names between commas; what follows a plus is for others. */
  private static Set<String> caps(String list) {
    return Arrays.stream(list.split(","))
        .map(cap -> cap.split("\\+", 2)[0])
        .filter(cap -> !cap.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  ExecOp.NetworkMode network() {
    return YES.contains(config.labels().getOrDefault(NO_NETWORK_LABEL, ""))
        ? ExecOp.NetworkMode.NONE
        : ExecOp.NetworkMode.DEFAULT;
  }

  /**
   * The process that is the frontend.
   *
   * @param workers as JSON
   */
  ProcessRequest process(Map<String, String> options, String session, String workers) {
    List<String> env = new ArrayList<>(config.env());
    int number = 0;
    for (Map.Entry<String, String> option : options.entrySet()) {
      env.add(
          "BUILDKIT_FRONTEND_OPT_" + number++ + "=" + option.getKey() + "=" + option.getValue());
    }
    env.add("BUILDKIT_SESSION_ID=" + session);
    env.add("BUILDKIT_WORKERS=" + workers);
    env.add("BUILDKIT_EXPORTEDPRODUCT=buildkit");
    return new ProcessRequest(
        config.entrypoint().isEmpty() ? List.of("/run") : config.entrypoint(),
        env,
        config.workingDir(),
        "",
        false,
        List.of(),
        ExecOp.SecurityMode.SANDBOX);
  }
}
