package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.builder.daemon.Client.Running;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many builds at a time. */
final class ManyBuildsTest extends DaemonTest {

  private static final int BUILDS = 20;

  @Test
  void twentyBuildsCarryOutEqualStepsOnce() throws Exception {
    List<Running> builds = new ArrayList<>();
    for (int i = 0; i < BUILDS; i++) {
      builds.add(
          it.startBuild(
              it.context(
                  """
                  FROM BASE
                  RUN --mount=type=cache,id=count,target=/count echo x >> /count/equal && sleep 1
                  RUN --mount=type=cache,id=count,target=/count echo y >> /count/own && echo number N
                  """
                      .replace("number N", "number " + i))));
    }
    List<Ended> ended = new ArrayList<>();
    for (Running build : builds) {
      ended.add(build.await());
    }

    assertThat(ended).allSatisfy(build -> assertThat(build.code()).as(build.err()).isZero());
    String counted =
        it.build(
                it.context(
                    "FROM BASE\nRUN --mount=type=cache,id=count,target=/count echo counted $(wc -l < /count/equal)"
                        + " and $(wc -l < /count/own)\n"))
            .ok()
            .err();
    assertThat(counted).contains("counted 1 and " + BUILDS);
  }
}
