package dev.obdbuild.builder.cache;

import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.testkit.Busybox;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Machines that know each other by nothing but a registry and a context with a busybox, and the
 * steps of graphs that they build.
 *
 * @param folder has the context, and each machine's state below its name
 */
record CarriedFixture(Path folder, TestRegistry registry) implements AutoCloseable {

  /** Begins in a folder of the test; the context has {@code busybox} and nothing else. */
  static CarriedFixture start(Path folder) throws IOException {
    CarriedFixture fixture = new CarriedFixture(folder, TestRegistry.start());
    Files.createDirectories(fixture.context());
    Busybox.copyInto(fixture.context());
    return fixture;
  }

  Path context() {
    return folder.resolve("context");
  }

  CacheMachine machine(String name) throws IOException {
    return new CacheMachine(Files.createDirectories(folder.resolve(name)), context());
  }

  /** What tells the cache in the registry, with more attributes: {@code name=value}. */
  Map<String, String> cache(String... more) {
    Map<String, String> attributes = new HashMap<>(Map.of("ref", registry.host() + "/cache:main"));
    for (String one : more) {
      String[] pair = one.split("=", 2);
      attributes.put(pair[0], pair[1]);
    }
    return attributes;
  }

  CacheSource source(String... more) {
    return CacheSource.parse("registry", cache(more));
  }

  CacheTarget target(String... more) {
    return CacheTarget.parse("registry", cache(more));
  }

  @Override
  public void close() {
    registry.close();
  }

  /** The step with the context. */
  static Node.Out local() {
    return node(SourceOp.of("local://context", Map.of()), "context");
  }

  /** The step whose result is a busybox and nothing else. */
  static Node.Out tools() {
    return copy(-1, "/busybox", "/bin/busybox", "COPY busybox", local());
  }

  /** A step that copies from the input behind {@code onto}, which is -1 for nothing. */
  static Node.Out copy(int onto, String src, String dest, String name, Node.Out... in) {
    FileAction.Copy copy = FileAction.Copy.of(src, dest, FileAction.CopyOptions.CONTEXT);
    return node(new FileOp(List.of(new FileAction(onto, onto + 1, 0, copy))), name, in);
  }

  /** A step of busybox's shell on the first of its inputs, with more mounts. */
  static Node.Out run(String command, List<ExecMount> mounts, Node.Out... in) {
    List<ExecMount> all = new ArrayList<>();
    all.add(ExecMount.bind(0, "", "/", 0, false));
    all.addAll(mounts);
    ExecOp op =
        new ExecOp(
            ExecMeta.of(
                List.of("/bin/busybox", "sh", "-c", command), List.of("PATH=/bin"), "/", ""),
            all,
            ExecOp.NetworkMode.DEFAULT,
            ExecOp.SecurityMode.SANDBOX,
            List.of(),
            List.of());
    return node(op, "RUN " + command, in);
  }

  private static Node.Out node(Op op, String name, Node.Out... inputs) {
    return Node.of(
            op,
            List.of(inputs),
            Optional.of(new Platform("linux", "amd64")),
            VertexMetadata.of(Map.of(VertexMetadata.CUSTOM_NAME, name), List.of()))
        .out();
  }
}
