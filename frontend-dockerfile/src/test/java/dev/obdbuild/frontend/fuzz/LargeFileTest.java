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
    StringBuilder file = new StringBuilder("FROM busybox AS s0\n");
    for (int i = 1; i < 2000; i++) {
      switch (i % 8) {
        case 0 ->
            file.append("FROM s").append(i / 8 - 1).append(" AS s").append(i / 8).append('\n');
        case 1 -> file.append("ENV V").append(i).append("=${PATH}/").append(i).append('\n');
        case 2 -> file.append("RUN echo $V").append(i - 1).append('\n');
        case 3 -> file.append("COPY a").append(i).append(" b /d/\n");
        case 4 -> file.append("ARG A").append(i).append("=1\n");
        case 5 -> file.append("RUN --mount=type=cache,target=/c x\n");
        case 6 -> file.append("LABEL l").append(i).append("=v\n");
        default -> file.append("WORKDIR /w").append(i).append('\n');
      }
    }
    Optional<BuildPlan> plan = Inputs.plan(file.toString());
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
  }

  @Test
  void oneLongContinuedInstructionIsRead() throws Exception {
    assertThat(Inputs.plan("FROM busybox\nRUN a" + " \\\n  && b".repeat(50_000) + "\n"))
        .isPresent();
    assertThat(Inputs.plan("FROM busybox\nRUN a" + " \\\n\n# c".repeat(50_000) + "\n")).isPresent();
  }
}
