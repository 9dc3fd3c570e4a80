package dev.obdbuild.builder.policy;

import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.protos.sourcepolicy.AttrConstraint;
import java.io.IOException;

/** What a rule wants of one attribute of a source; one that is not set is empty. */
@FunctionalInterface
interface Constraint {

  boolean holds(SourceOp source) throws IOException;

  /**
   * The constraint of a message.
   *
   * @throws IllegalArgumentException naming what is wrong with it
   */
  static Constraint of(AttrConstraint message) {
    String key = message.getKey();
    String value = message.getValue();
    return switch (message.getCondition()) {
      case EQUAL -> source -> source.attrs().getOrDefault(key, "").equals(value);
      case NOTEQUAL -> source -> !source.attrs().getOrDefault(key, "").equals(value);
      case MATCHES -> {
        GoRegex regex = GoRegex.of(value);
        yield source -> regex.isIn(source.attrs().getOrDefault(key, ""));
      }
      case UNRECOGNIZED ->
          throw new IllegalArgumentException(
              "unknown attr condition: " + message.getConditionValue());
    };
  }
}
