package dev.obdbuild.builder.policy;

import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.protos.sourcepolicy.PolicyAction;
import dev.obdbuild.protos.sourcepolicy.Update;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One rule of a policy.
 *
 * @param identifier as the rule spells it, which always matches itself
 * @param constraints that must hold, too
 * @param updates of a rule that converts
 */
record Rule(
    PolicyAction action,
    String identifier,
    IdentifierPattern pattern,
    List<Constraint> constraints,
    Optional<Update> updates) {

  Rule {
    constraints = List.copyOf(constraints);
  }

  /**
   * The rule of a message.
   *
   * @throws IllegalArgumentException naming what is wrong with it
   */
  static Rule of(dev.obdbuild.protos.sourcepolicy.Rule message) {
    if (!message.hasSelector()) {
      throw new IllegalArgumentException("invalid nil selector in policy");
    }
    var selector = message.getSelector();
    if (message.getAction() == PolicyAction.UNRECOGNIZED) {
      throw new IllegalArgumentException(
          "source policy: rule "
              + message.getActionValue()
              + " "
              + selector.getIdentifier()
              + ": unknown type");
    }
    if (message.getAction() == PolicyAction.CONVERT && !message.hasUpdates()) {
      throw new IllegalArgumentException("missing destination for convert rule");
    }
    return new Rule(
        message.getAction(),
        selector.getIdentifier(),
        IdentifierPattern.of(selector.getMatchType(), selector.getIdentifier()),
        selector.getConstraintsList().stream().map(Constraint::of).toList(),
        message.hasUpdates() ? Optional.of(message.getUpdates()) : Optional.empty());
  }

  boolean matches(SourceOp source) throws IOException {
    for (Constraint constraint : constraints) {
      if (!constraint.holds(source)) {
        return false;
      }
    }
    return identifier.equals(source.identifier()) || pattern.matches(source.identifier());
  }

  /** What a rule that converts makes of a source that it matches. */
  SourceOp converted(SourceOp source) throws IOException {
    Update update = updates.orElseThrow();
    String template = update.getIdentifier().isEmpty() ? identifier : update.getIdentifier();
    String target = pattern.format(source.identifier(), template);
    SortedMap<String, String> attrs = new TreeMap<>(source.attrs());
    attrs.putAll(update.getAttrsMap());
    return new SourceOp(target.isEmpty() ? source.identifier() : target, attrs);
  }
}
