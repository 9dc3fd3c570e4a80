package dev.obdbuild.builder.policy;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.SourceDeniedException;
import dev.obdbuild.builder.build.SourcePolicy;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.GoQuote;
import dev.obdbuild.protos.sourcepolicy.Policy;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Rules that come with a request. In one policy the last rule that matches decides whether a source
 * is allowed; a rule that changes it makes all policies start again with what came out.
 */
public final class SourceRules implements SourcePolicy {

  private static final int MOST_RULES = 10_000;

  private final List<List<Rule>> policies;

  private SourceRules(List<List<Rule>> policies) {
    this.policies = policies;
  }

  /**
   * The policy of messages.
   *
   * @throws IllegalArgumentException naming what is wrong with them
   */
  public static SourcePolicy of(List<Policy> messages) {
    return messages.stream().allMatch(policy -> policy.getRulesCount() == 0)
        ? SourcePolicy.NONE
        : parse(messages);
  }

  static SourceRules parse(List<Policy> messages) {
    int rules = messages.stream().mapToInt(Policy::getRulesCount).sum();
    if (rules > MOST_RULES) {
      throw new IllegalArgumentException(
          "source policies with " + rules + " rules, allowed are " + MOST_RULES);
    }
    return new SourceRules(
        messages.stream()
            .map(policy -> policy.getRulesList().stream().map(Rule::of).toList())
            .toList());
  }

  @Override
  public SourceOp admit(SourceOp source, Optional<Platform> platform, Build build)
      throws IOException {
    return admit(source);
  }

  /** The source to use; rules look at nothing else. */
  SourceOp admit(SourceOp source) throws IOException {
    SourceOp before = NormalSource.of(source);
    SourceOp now = before;
    for (int changes = 0; changes <= MOST_CHANGES; changes++) {
      SourceOp next = once(now);
      if (next.equals(now)) {
        // The digest of a source that no rule changes stays, however it is spelled.
        return now.equals(before) ? source : now;
      }
      now = next;
    }
    throw new IOException("too many mutations on a single source: too many operations");
  }

  /** The source after the first rule that changes it. */
  private SourceOp once(SourceOp source) throws IOException {
    for (List<Rule> policy : policies) {
      boolean denied = false;
      for (Rule rule : policy) {
        if (!rule.matches(source)) {
          continue;
        }
        switch (rule.action()) {
          case ALLOW -> denied = false;
          case DENY -> denied = true;
          case CONVERT -> {
            SourceOp converted = rule.converted(source);
            if (!converted.equals(source)) {
              return converted;
            }
          }
          case UNRECOGNIZED -> throw new IllegalStateException("rule of no kind");
        }
      }
      if (denied) {
        throw new SourceDeniedException(
            "source "
                + GoQuote.quote(source.identifier())
                + " denied by policy: source denied by policy",
            List.of());
      }
    }
    return source;
  }
}
