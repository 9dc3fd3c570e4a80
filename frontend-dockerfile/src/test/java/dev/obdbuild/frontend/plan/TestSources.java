package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Reference;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** Files and images of a test, and what was asked for. */
final class TestSources implements Sources {
  /** The config of the image that is always there. */
  static final String BUSYBOX =
      "{\"architecture\":\"amd64\",\"os\":\"linux\",\"created\":\"2023-05-19T20:19:25Z\","
          + "\"config\":{\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"],"
          + "\"Cmd\":[\"sh\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:"
          + "0".repeat(64)
          + "\"]},\"history\":[{\"created\":\"2023-05-19T20:19:24Z\",\"created_by\":\"/bin/sh -c #(nop) ADD file in / \"},"
          + "{\"created\":\"2023-05-19T20:19:25Z\",\"created_by\":\"/bin/sh -c #(nop)  CMD [\\\"sh\\\"]\",\"empty_layer\":true}]}";

  private final Map<String, byte[]> files = new TreeMap<>();
  private final Map<String, ResolvedImage> images = new TreeMap<>();
  final Map<String, Instant> times = new TreeMap<>();
  final List<String> asked = new CopyOnWriteArrayList<>();
  final List<String> read = new CopyOnWriteArrayList<>();

  /** The step whose files cannot be read. */
  String broken = "none";

  /** What was asked for, with the names of the steps, as the corpus keeps it. */
  final Set<String> questions = new ConcurrentSkipListSet<>();

  /** The steps whose files were read, with the beginnings of their digests. */
  final Set<String> readFrom = new ConcurrentSkipListSet<>();

  /** The only plan of a build. */
  static BuildPlan plan(FrontendOptions options, Sources sources) throws IOException {
    return ((FrontendResult.Built) new DockerfileFrontend().plan(options, sources))
        .plans()
        .getFirst();
  }

  static TestSources of(String dockerfile) {
    return new TestSources().definition("Dockerfile", dockerfile).busybox();
  }

  TestSources definition(String path, String text) {
    return file("local://dockerfile", path, text.getBytes(StandardCharsets.UTF_8));
  }

  TestSources context(String path, String text) {
    return file("local://context", path, text.getBytes(StandardCharsets.UTF_8));
  }

  TestSources busybox() {
    return image("busybox", BUSYBOX);
  }

  TestSources image(String name, String config) {
    return image(name, config, Digest.sha256(name.getBytes(StandardCharsets.UTF_8)));
  }

  TestSources image(String name, String config, Digest digest) {
    Reference reference = Reference.parse(name);
    try {
      images.put(
          reference.canonical(),
          new ResolvedImage(
              reference, digest, ImageConfig.parse(config.getBytes(StandardCharsets.UTF_8), name)));
    } catch (IOException e) {
      throw new IllegalArgumentException(config, e);
    }
    return this;
  }

  /** A file of a source by its identifier, for example {@code git://host/repository#main}. */
  TestSources file(String identifier, String path, byte[] content) {
    files.put(identifier + " " + path, content);
    return this;
  }

  @Override
  public Optional<byte[]> readFile(Graph tree, String path, int limit) throws IOException {
    Vertex result = tree.head().orElseThrow();
    if (result.meta().customName().equals(broken)) {
      throw new IOException("broken off");
    }
    read.add(result.meta().customName() + ": " + path);
    readFrom.add(result.meta().customName() + " | " + result.digest().hex().substring(0, 12));
    byte[] found =
        result.op() instanceof SourceOp source
            ? files.get(source.identifier() + " " + path)
            : files.get(result.digest() + " " + path);
    return Optional.ofNullable(found).map(f -> Arrays.copyOf(f, Math.min(f.length, limit)));
  }

  @Override
  public Optional<Instant> modified(SourceOp source, String stepName) {
    questions.add(stepName + " | " + source.identifier());
    return Optional.ofNullable(times.get(source.identifier()));
  }

  @Override
  public ResolvedImage resolveImage(ImageQuery query) throws IOException {
    String place =
        switch (query.place()) {
          case ImageQuery.InRegistry(ResolveMode mode) -> mode.word();
          case ImageQuery.InLayout(String store, String session) -> store + " of " + session;
        };
    String name = query.reference().canonical();
    asked.add(name + " " + query.platform() + " " + place);
    questions.add(String.join(" | ", query.stepName(), name, query.platform().formatAll(), place));
    ResolvedImage image = images.get(query.reference().canonical());
    if (image == null) {
      throw new FileNotFoundException("not found");
    }
    return image;
  }
}
