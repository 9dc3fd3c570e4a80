package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A small graph with every kind of operation that is usual. */
final class SampleGraph {
  static final Platform AMD64 = new Platform("linux", "amd64");

  private SampleGraph() {}

  static Node image() {
    return Node.of(
        SourceOp.of("docker-image://docker.io/library/busybox:latest", Map.of("b", "2", "a", "1")),
        List.of(),
        Optional.of(AMD64),
        VertexMetadata.of(
            Map.of(VertexMetadata.CUSTOM_NAME, "FROM busybox"), List.of("source.image")));
  }

  static Node run(Node.Out root, String command) {
    return Node.of(
        new ExecOp(
            ExecMeta.of(List.of("/bin/sh", "-c", command), List.of("A=b"), "/", ""),
            List.of(
                ExecMount.bind(0, "", "/", 0, false),
                ExecMount.of(new ExecMount.Cache("x", ExecMount.Sharing.LOCKED), "/cache"),
                ExecMount.of(new ExecMount.Tmpfs(4096), "/t"),
                ExecMount.of(new ExecMount.Secret("s", 1, 2, 0400, true), "/run/secrets/s")),
            ExecOp.NetworkMode.NONE,
            ExecOp.SecurityMode.SANDBOX,
            List.of(new ExecOp.SecretEnv("s", "S", true)),
            List.of()),
        List.of(root),
        Optional.of(AMD64),
        VertexMetadata.EMPTY.withLocations(
            List.of(new SourceLocation(0, List.of(new SourceLocation.LineRange(2, 3))))));
  }

  static Node file() {
    return Node.of(
        new FileOp(
            List.of(
                new FileAction(
                    Op.NONE,
                    Op.NONE,
                    0,
                    new FileAction.MkFile("/f", 0644, new byte[] {1, 2}, Optional.empty(), -1)))),
        List.of(),
        Optional.empty(),
        VertexMetadata.EMPTY);
  }

  static Graph graph() {
    Node.Out base = image().out();
    Node merge =
        Node.of(
            new MergeOp(List.of(0, 1)),
            List.of(run(base, "true").out(), file().out()),
            Optional.empty(),
            VertexMetadata.EMPTY.withProgressGroup(new ProgressGroup("id", "name", true)));
    Node diff =
        Node.of(
            new DiffOp(Op.NONE, 0),
            List.of(merge.out()),
            Optional.empty(),
            VertexMetadata.EMPTY.withIgnoreCache(true));
    return Graph.of(
        diff.out(), List.of(new SourceFile("Dockerfile", new byte[] {'x'}, "Dockerfile")));
  }
}
