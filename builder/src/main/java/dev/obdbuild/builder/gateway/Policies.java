package dev.obdbuild.builder.gateway;

import dev.obdbuild.protos.sourcepolicy.Policy;
import java.util.List;

/** Rules about sources, which this builder does not apply. */
public final class Policies {

  private Policies() {}

  /**
   * Lets nothing pass that would have to be applied: ignoring a rule would use what it forbids.
   *
   * @throws IllegalArgumentException when there are rules
   */
  public static void refuse(List<Policy> policies) {
    long rules = policies.stream().mapToLong(Policy::getRulesCount).sum();
    if (rules > 0) {
      throw new IllegalArgumentException(
          "source policies are not supported by this builder, got " + rules + " rules");
    }
  }
}
