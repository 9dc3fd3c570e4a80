package dev.obdbuild.testkit.arch;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule bites where a violation was planted, and nowhere else. */
final class WallsTest {
  private static final String PLANTED = "dev.obdbuild.planted";

  @ParameterizedTest(name = "{0} is broken by {1}")
  @CsvSource({
    "cycles, first, First",
    "system calls, native_call, NativeCall",
    "system calls, jnr_call, JnrCall",
    "grpc, grpc_use, GrpcUse",
    "exit, exits, Exits",
    "exit, halts, Halts",
  })
  void aPlantedViolationIsFound(String rule, String folder, String culprit) {
    assertThat(violations(rule, PLANTED))
        .anyMatch(line -> line.contains(folder) && line.contains(culprit));
  }

  @Test
  void aDependencyOnAModuleThatIsNotAllowedIsFound() {
    String root = PLANTED + ".first";
    assertThat(violations("modules", root)).anyMatch(line -> line.contains("Second"));
    assertThat(violations("modules", root, PLANTED + ".second")).isEmpty();
  }

  @Test
  void theCleanClassBreaksNoRule() {
    JavaClasses clean = new ClassFileImporter().importPackages(PLANTED + ".clean");
    assertThat(clean).hasSize(1);
    for (Map.Entry<String, ArchRule> rule : Walls.rules(PLANTED + ".clean").entrySet()) {
      assertThat(rule.getValue().evaluate(clean).hasViolation()).as(rule.getKey()).isFalse();
    }
  }

  private static List<String> violations(String rule, String root, String... mayUse) {
    JavaClasses classes = new ClassFileImporter().importPackages(PLANTED);
    ArchRule found = Objects.requireNonNull(Walls.rules(root, mayUse).get(rule));
    return found.evaluate(classes).getFailureReport().getDetails();
  }
}
