package dev.obdbuild.builder.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.session.sync.SentBytes;
import dev.obdbuild.builder.session.sync.SyncedFolders;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.protos.control.BytesMessage;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.protos.control.ListWorkersRequest;
import dev.obdbuild.protos.control.ListWorkersResponse;
import dev.obdbuild.protos.control.SolveRequest;
import dev.obdbuild.protos.control.SolveResponse;
import dev.obdbuild.protos.control.StatusRequest;
import dev.obdbuild.protos.control.StatusResponse;
import dev.obdbuild.protos.gateway.LLBBridgeGrpc;
import dev.obdbuild.protos.gateway.PingRequest;
import dev.obdbuild.protos.gateway.PongResponse;
import dev.obdbuild.protos.gateway.Result;
import dev.obdbuild.protos.gateway.ReturnRequest;
import dev.obdbuild.protos.gateway.ReturnResponse;
import dev.obdbuild.protos.pb.Definition;
import dev.obdbuild.protos.pb.Op;
import dev.obdbuild.protos.pb.SourceOp;
import dev.obdbuild.protos.types.WorkerRecord;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.LocalFilter;
import dev.obdbuild.worker.content.LocalTree;
import dev.obdbuild.worker.source.local.LocalRequest;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The daemon's end of a session against the client that everybody has. */
@NeedsTool("buildctl")
@Timeout(120)
final class BuildctlSessionTest {
  @TempDir Path temp;

  /** What a solve does with the client's session. */
  @FunctionalInterface
  private interface Solve {
    void with(ClientSession session) throws Exception;
  }

  /** As much of a gateway as a client asks before and after a solve. */
  private static final class Bridge extends LLBBridgeGrpc.LLBBridgeImplBase {
    @Override
    public void ping(PingRequest request, StreamObserver<PongResponse> out) {
      out.onNext(
          PongResponse.newBuilder().addWorkers(WorkerRecord.newBuilder().setID("worker")).build());
      out.onCompleted();
    }

    @Override
    public void solve(
        dev.obdbuild.protos.gateway.SolveRequest request,
        StreamObserver<dev.obdbuild.protos.gateway.SolveResponse> out) {
      out.onNext(
          dev.obdbuild.protos.gateway.SolveResponse.newBuilder()
              .setResult(Result.getDefaultInstance())
              .build());
      out.onCompleted();
    }

    @Override
    public void return_(ReturnRequest request, StreamObserver<ReturnResponse> out) {
      out.onNext(ReturnResponse.getDefaultInstance());
      out.onCompleted();
    }
  }

  /** A daemon that knows no building: each solve does what the test wants. */
  private final class Daemon extends ControlGrpc.ControlImplBase implements AutoCloseable {
    private final EventLoops loops = new EventLoops(1);
    private final MountThreads mountThreads = new MountThreads(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final SyncedFolders folders = SyncedFolders.open(temp.resolve("local"));
    private final Sessions sessions = new Sessions(loops, folders, mountThreads, 8);
    private final Address address = new Address.Unix(temp.resolve("daemon.sock"));
    private final Solve solve;
    private final Server server;

    Daemon(Solve solve) throws IOException {
      this.solve = solve;
      server =
          loops
              .server(address, Optional.empty())
              .executor(threads)
              .addService(new Bridge())
              .addService(ServerInterceptors.intercept(this, SessionHeaders.interceptor()))
              .build()
              .start();
    }

    @Override
    public void listWorkers(ListWorkersRequest request, StreamObserver<ListWorkersResponse> out) {
      out.onNext(
          ListWorkersResponse.newBuilder()
              .addRecord(WorkerRecord.newBuilder().setID("worker"))
              .build());
      out.onCompleted();
    }

    @Override
    public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> out) {
      return sessions.accept(
          SessionHeaders.current(), (ServerCallStreamObserver<BytesMessage>) out);
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
      out.onCompleted();
    }

    @Override
    public void solve(SolveRequest request, StreamObserver<SolveResponse> out) {
      try {
        solve.with(sessions.await(request.getSession(), Sessions.PATIENCE));
      } catch (Exception | AssertionError e) {
        out.onError(Status.UNKNOWN.withDescription(e.toString()).asRuntimeException());
        return;
      }
      out.onNext(SolveResponse.getDefaultInstance());
      out.onCompleted();
    }

    /**
     * Runs {@code buildctl build} with a definition of a local source, and expects it to do well.
     */
    void build(Map<String, String> environment, String... flags) throws Exception {
      Path definition = temp.resolve("definition");
      Op op =
          Op.newBuilder().setSource(SourceOp.newBuilder().setIdentifier("local://context")).build();
      Files.write(
          definition, Definition.newBuilder().addDef(op.toByteString()).build().toByteArray());
      List<String> command =
          new ArrayList<>(
              List.of("buildctl", "--addr", address.toString(), "build", "--progress=plain"));
      command.addAll(List.of(flags));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(definition.toFile())
              .redirectOutput(temp.resolve("output").toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      try {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
            .describedAs(Files.readString(temp.resolve("output")))
            .isZero();
      } finally {
        process.destroyForcibly();
      }
    }

    @Override
    public void close() throws IOException {
      sessions.close();
      server.shutdownNow();
      folders.close();
      threads.shutdownNow();
      mountThreads.close();
      loops.close();
    }
  }

  @Test
  void aContextComesAndComesAgainAsDifference() throws Exception {
    Path context = temp.resolve("context");
    Files.createDirectories(context.resolve("sub ä"));
    Files.writeString(context.resolve("sub ä/file"), "text");
    Files.createLink(context.resolve("same"), context.resolve("sub ä/file"));
    Files.createSymbolicLink(context.resolve("link"), Path.of("sub ä"));
    byte[] large = new byte[9_000_000];
    new Random(1).nextBytes(large);
    Files.write(context.resolve("large"), large);
    AtomicLong bytes = new AtomicLong();
    LocalFilter filter = new LocalFilter(List.of(), List.of(), List.of("ö*"));
    LocalRequest request = new LocalRequest("context", filter, new TreeMap<>(), bytes::addAndGet);
    Solve solve =
        session -> {
          bytes.set(0);
          try (FileTree copy = session.locals().open(request);
              FileTree original = LocalTree.open(context, filter)) {
            assertThat(TreeText.lines(copy)).isEqualTo(TreeText.lines(original));
          }
        };
    try (Daemon daemon = new Daemon(solve)) {
      daemon.build(Map.of(), "--local", "context=" + context);
      assertThat(bytes.get()).isGreaterThan(large.length);
      Files.writeString(context.resolve("sub ä/new"), "more");
      daemon.build(Map.of(), "--local", "context=" + context);
      assertThat(bytes.get()).isLessThan(2000);
    }
  }

  @Test
  void secretsLoginsAndOutputsAreTheClients() throws Exception {
    Path secret = Files.writeString(temp.resolve("secret"), "hidden");
    Path config = Files.createDirectories(temp.resolve("docker"));
    Files.writeString(
        config.resolve("config.json"), "{\"auths\":{\"127.0.0.1:5009\":{\"auth\":\"dTpw\"}}}");
    byte[] tar = new byte[1_000_000];
    new Random(2).nextBytes(tar);
    Solve solve =
        session -> {
          assertThat(session.secrets().get("s")).hasValue("hidden".getBytes(UTF_8));
          assertThat(session.secrets().get("t")).isEmpty();
          assertThat(session.credentials().login("127.0.0.1:5009").orElseThrow().password())
              .isEqualTo("p");
          assertThat(session.credentials().login("127.0.0.1:5008")).isEmpty();
          assertThat(session.ssh().has("default")).isFalse();
          try (ClientOutput.Upload upload = session.output(0).file(Map.of("a", "b"))) {
            upload.write(tar);
          }
        };
    Path out = temp.resolve("out.tar");
    try (Daemon daemon = new Daemon(solve)) {
      daemon.build(
          Map.of("DOCKER_CONFIG", config.toString()),
          "--secret",
          "id=s,src=" + secret,
          "--output",
          "type=tar,dest=" + out);
    }
    assertThat(out).hasBinaryContent(tar);
  }

  @Test
  void aFolderIsWrittenByTheClient() throws Exception {
    Path source = temp.resolve("source/sub");
    Files.createDirectories(source.resolve("empty"));
    Files.writeString(source.resolve("file"), "content");
    Files.createLink(source.resolve("other"), source.resolve("file"));
    Files.createSymbolicLink(source.resolve("link"), Path.of("file"));
    byte[] large = new byte[4_000_000];
    new Random(3).nextBytes(large);
    Files.write(source.resolve("large"), large);
    for (int i = 0; i < 300; i++) {
      Files.writeString(source.resolve("empty/" + i), "n" + i);
    }
    Path out = temp.resolve("out");
    Solve solve =
        session -> {
          try (FileTree tree = LocalTree.open(temp.resolve("source"), LocalFilter.ALL)) {
            session.output(0).folder(tree, SentBytes.UNCOUNTED);
          }
        };
    try (Daemon daemon = new Daemon(solve)) {
      daemon.build(Map.of(), "--output", "type=local,dest=" + out);
    }
    try (FileTree one = LocalTree.open(temp.resolve("source"), LocalFilter.ALL);
        FileTree other = LocalTree.open(out, LocalFilter.ALL)) {
      assertThat(TreeText.lines(other)).isEqualTo(TreeText.lines(one));
    }
  }
}
