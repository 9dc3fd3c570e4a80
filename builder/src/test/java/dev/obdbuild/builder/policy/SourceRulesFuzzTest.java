package dev.obdbuild.builder.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.protos.sourcepolicy.Policy;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** Any bytes as a policy: refused, or it decides about each source within bounded steps. */
@Tag("fuzz")
final class SourceRulesFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void policies(byte[] bytes) {
    SourceRules rules;
    try {
      rules = SourceRules.parse(List.of(Policy.parseFrom(bytes)));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
      return;
    }
    for (String identifier :
        List.of(
            "docker-image://busybox", "git://h.example/a.git#b", "http://h/" + "a".repeat(5000))) {
      try {
        SourceOp admitted = rules.admit(SourceOp.of(identifier, Map.of("a", "b")));
        assertThat(admitted.identifier()).isNotEmpty();
        assertThat(rules.admit(admitted).identifier()).isNotEmpty();
      } catch (IOException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }
}
