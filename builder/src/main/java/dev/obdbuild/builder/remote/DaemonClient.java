package dev.obdbuild.builder.remote;

import dev.obdbuild.builder.request.BuildRequest;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.builder.wire.Tls;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.protos.control.DiskUsageRequest;
import dev.obdbuild.protos.control.PruneRequest;
import dev.obdbuild.protos.control.UsageRecord;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A connection to a daemon; connects when first used. Thread-safe. Closing it ends what runs. */
public final class DaemonClient implements AutoCloseable {

  private final Address address;
  private final EventLoops loops;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ManagedChannel channel;

  /**
   * A client of the daemon at an address.
   *
   * @param tls for TCP
   * @throws IOException when the files of {@code tls} cannot be read
   */
  public DaemonClient(Address address, Optional<Tls> tls) throws IOException {
    this.address = address;
    this.loops = new EventLoops(1);
    try {
      this.channel = loops.channel(address, tls).executor(threads).build();
    } catch (IOException | RuntimeException e) {
      threads.close();
      loops.close();
      throw e;
    }
  }

  /** Where the daemon is. */
  public Address address() {
    return address;
  }

  /**
   * Builds.
   *
   * @return what the exporters answer, by BuildKit's keys
   * @throws dev.obdbuild.builder.BuildFailedException when the build fails
   * @throws java.util.concurrent.CancellationException when it was cancelled
   * @throws IllegalArgumentException when the daemon refuses the request as senseless
   */
  public SortedMap<String, String> build(
      BuildRequest request, ProgressSink sink, Cancellation cancellation) throws IOException {
    return run(request, sink, cancellation).build();
  }

  /**
   * Asks a question about the Dockerfile.
   *
   * @return the answer, by BuildKit's keys
   */
  public SortedMap<String, byte[]> ask(
      BuildRequest request, ProgressSink sink, Cancellation cancellation) throws IOException {
    return run(request, sink, cancellation).ask();
  }

  private RemoteBuild run(BuildRequest request, ProgressSink sink, Cancellation cancellation) {
    return new RemoteBuild(this, request, sink, cancellation);
  }

  EventLoops loops() {
    return loops;
  }

  ManagedChannel channel() {
    return channel;
  }

  ExecutorService threads() {
    return threads;
  }

  /** What takes space at the daemon. */
  public List<UsageRecord> diskUsage() throws IOException {
    Duplex<DiskUsageRequest, dev.obdbuild.protos.control.DiskUsageResponse> call =
        new Duplex<>("disk usage", 2);
    ControlGrpc.newStub(channel).diskUsage(DiskUsageRequest.getDefaultInstance(), call);
    return Answers.one(call, address).getRecordList();
  }

  /** Makes room at the daemon; tells each thing that was removed. */
  public void prune(PruneRequest request, Consumer<UsageRecord> removed) throws IOException {
    Duplex<PruneRequest, UsageRecord> call = new Duplex<>("prune", 64);
    ControlGrpc.newStub(channel).prune(request, call);
    Answers.each(call, address, removed);
  }

  @Override
  public void close() throws IOException {
    channel.shutdownNow();
    try {
      channel.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.shutdownNow();
    loops.close();
  }
}
