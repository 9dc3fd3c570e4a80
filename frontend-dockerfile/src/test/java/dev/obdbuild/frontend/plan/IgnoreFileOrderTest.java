package dev.obdbuild.frontend.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.SourceOp;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The ignore file is read while images are looked up, and shown after they are. */
final class IgnoreFileOrderTest {
  private static final String STEP = "[internal] load .dockerignore";

  private final List<String> order = new CopyOnWriteArrayList<>();

  /** Images that are told only when the ignore file was read. */
  private Sources sources(TestSources files) {
    CountDownLatch read = new CountDownLatch(1);
    return new Sources() {
      @Override
      public Optional<byte[]> readFile(Graph tree, String path, int limit) throws IOException {
        Optional<byte[]> file = files.readFile(tree, path, limit);
        if (path.equals(Definition.IGNORE)) {
          read.countDown();
        }
        return file;
      }

      @Override
      public Runnable hold(Graph tree) {
        String name = tree.head().orElseThrow().meta().customName();
        order.add("held " + name);
        return () -> order.add("shown " + name);
      }

      @Override
      public ResolvedImage resolveImage(ImageQuery query) throws IOException {
        try {
          assertThat(read.await(1, TimeUnit.MINUTES)).as("the ignore file is read").isTrue();
        } catch (InterruptedException e) {
          throw (InterruptedIOException) new InterruptedIOException().initCause(e);
        }
        order.add("image");
        return files.resolveImage(query);
      }

      @Override
      public Optional<Instant> modified(SourceOp source, String stepName) {
        return files.modified(source, stepName);
      }
    };
  }

  @Test
  void allImagesComeFirst() throws IOException {
    TestSources files =
        TestSources.of("FROM busybox AS a\nFROM other\nCOPY --from=a / /\n")
            .image("other", TestSources.BUSYBOX);
    new DockerfileFrontend().plan(FrontendOptions.of(Map.of()), sources(files));
    assertThat(order).containsExactly("held " + STEP, "image", "image", "shown " + STEP);
  }

  @Test
  void aMissingImageHidesNothing() {
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(
            () ->
                new DockerfileFrontend()
                    .plan(FrontendOptions.of(Map.of()), sources(TestSources.of("FROM none"))));
    assertThat(order).containsExactly("held " + STEP, "image", "shown " + STEP);
  }
}
