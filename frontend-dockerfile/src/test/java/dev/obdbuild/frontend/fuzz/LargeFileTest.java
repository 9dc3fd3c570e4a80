package dev.obdbuild.frontend.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.frontend.plan.BuildPlan;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Size costs what it is worth: the bounds are far above what a linear pass takes. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class LargeFileTest {

  @Test
  void twoThousandLinesPlan() throws Exception {
    Optional<BuildPlan> plan = Inputs.plan(Inputs.lines(2000));
    assertThat(plan.orElseThrow().graph().vertices()).hasSizeGreaterThan(900);
  }

  @Test
  void manyStagesPlan() throws Exception {
    StringBuilder file = new StringBuilder("FROM scratch AS s0\nCOPY a /a\n");
    for (int i = 1; i < 20_000; i++) {
      file.append("FROM s").append(i - 1).append(" AS s").append(i).append('\n');
    }
    assertThat(Inputs.plan(file.toString())).isPresent();
  }

  @Test
  void multiplicationIsRefused() throws Exception {
    StringBuilder file = new StringBuilder("FROM scratch\nENV A=xxxxxxxxxxxxxxxx\n");
    for (int i = 0; i < 64; i++) {
      file.append("ENV A=$A$A\n");
    }
    assertThat(Inputs.plan(file.toString())).isEmpty();
    assertThat(Inputs.plan("FROM scratch\n" + ("EXPOSE " + "1-65535 ".repeat(500) + "\n")))
        .isEmpty();
  }

  @Test
  void matchingOfLongTextsAgainstLongTextsIsRefused() throws Exception {
    String doubled = "ENV A=${A//?/xx}\n".repeat(17);
    assertThat(Inputs.plan("FROM scratch\nENV A=x\n" + doubled + "ENV B=${A//$A/}\n")).isEmpty();
    assertThat(Inputs.plan("FROM scratch\nENV A=x\n" + doubled + "ENV B=${A%$A$A}\n")).isEmpty();
    assertThat(Inputs.plan("FROM scratch\nENV A=x\n" + doubled + "ENV B=${A//x/y}\n")).isPresent();
    assertThat(Inputs.plan("FROM scratch\nENV A=x\n" + doubled + "ENV B=${NO#$A}\n")).isEmpty();
  }

  @Test
  void oneLongContinuedInstructionIsRead() throws Exception {
    assertThat(Inputs.plan("FROM busybox\nRUN a" + " \\\n  && b".repeat(50_000) + "\n"))
        .isPresent();
    assertThat(Inputs.plan("FROM busybox\nRUN a" + " \\\n\n# c".repeat(50_000) + "\n")).isPresent();
  }
}
