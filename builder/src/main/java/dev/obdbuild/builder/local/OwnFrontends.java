package dev.obdbuild.builder.local;

import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.build.Asker;
import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.build.ExternalFrontends;
import dev.obdbuild.builder.build.FrontendRequest;
import dev.obdbuild.builder.gateway.Announced;
import dev.obdbuild.builder.gateway.ImageFrontends;
import dev.obdbuild.builder.gateway.WorkerRecords;
import dev.obdbuild.builder.wire.EventLoops;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frontends that come as images, served by this process. What that takes, threads and the classes
 * of gRPC among it, is there only once a build has met one. Thread-safe; to be closed after its
 * build.
 */
final class OwnFrontends implements ExternalFrontends, AutoCloseable {

  private final Engine engine;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Serving serving;

  OwnFrontends(Engine engine) {
    this.engine = engine;
  }

  @Override
  public BuildResult run(Build build, FrontendRequest request, Asker asker) throws IOException {
    return serving().frontends.run(build, request, asker);
  }

  private Serving serving() throws IOException {
    lock.lock();
    try {
      Serving known = serving;
      if (known == null) {
        known = Serving.start(engine);
        serving = known;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  /** All that has to do with gRPC. */
  private record Serving(EventLoops loops, ExecutorService calls, ImageFrontends frontends) {

    static Serving start(Engine engine) throws IOException {
      WorkerRecords workers =
          new WorkerRecords(
              engine.host().root(),
              engine.hostPlatforms(),
              "host",
              Map.of(),
              List.of(),
              engine.vendorDevices());
      EventLoops loops = new EventLoops(1);
      ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
      return new Serving(loops, calls, new ImageFrontends(loops, calls, Announced.load(), workers));
    }

    void end() {
      calls.shutdownNow();
      loops.close();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (serving != null) {
        serving.end();
      }
    } finally {
      lock.unlock();
    }
  }
}
