package dev.obdbuild.builder.attest;

import dev.obdbuild.builder.attest.AttestOptions.Sbom;
import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.Ref;
import dev.obdbuild.builder.build.ResultAttestation;
import dev.obdbuild.builder.build.Scanned;
import dev.obdbuild.builder.build.SourceMetadata;
import dev.obdbuild.builder.build.SourceMetadata.ImageWish;
import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Input;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.Output;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.ContainerConfig;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.worker.image.ResolveMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A scanner's image that lists the packages of results: it runs with the result mounted and writes
 * statements into a folder, as BuildKit's protocol for scanners has it.
 */
final class SbomScan {

  /** Predicate of lists of packages. */
  static final String PREDICATE = "https://spdx.dev/Document";

  /** Name of the file that tells the result itself, without its extension. */
  static final String CORE = "sbom";

  private static final String SOURCE = "/run/src/core/" + CORE;
  private static final String EXTRAS = "/run/src/extras";
  private static final String EXTRA = EXTRAS + "/" + CORE + "-";
  private static final String DESTINATION = "/run/out/";

  private final Build build;
  private final Sbom wanted;
  private final boolean fresh;
  private final Platform platform;
  private final SourceMetadata.Image image;
  private final ContainerConfig config;

  private SbomScan(
      Build build, Sbom wanted, boolean fresh, Platform platform, SourceMetadata.Image image)
      throws IOException {
    this.build = build;
    this.wanted = wanted;
    this.fresh = fresh;
    this.platform = platform;
    this.image = image;
    this.config = ImageConfig.parse(image.config(), "config of " + image.reference()).config();
    if (args().isEmpty()) {
      throw new IOException("scanner " + image.reference() + " does not have cmd");
    }
  }

  /**
   * Looks the scanner up.
   *
   * @param fresh whether it is run even if its answer is known
   * @throws IOException when its image is not to be had, or says nothing to run
   */
  static SbomScan find(Build build, Sbom wanted, boolean fresh, String resolveMode)
      throws IOException {
    Platform platform = build.engine().hostPlatforms().host();
    SourceMetadata.Image image =
        new SourceMetadata(build)
            .image(
                wanted.generator().toString(),
                new ImageWish(Optional.of(platform), ResolveMode.parse(resolveMode), true, ""));
    return new SbomScan(build, wanted, fresh, platform, image);
  }

  private List<String> args() {
    List<String> args = new ArrayList<>(config.entrypoint());
    args.addAll(config.cmd());
    return args;
  }

  /** The scanner's image as something that a result was made with. */
  Materials.Image material() {
    return new Materials.Image(
        wanted.generator().toString(), Optional.of(platform), image.digest().toString(), false);
  }

  /**
   * The scan of a ref; it is carried out when its files are read.
   *
   * @param id of the ref's platform
   */
  ResultAttestation of(String id, Ref ref) throws IOException {
    return new ResultAttestation(
        true,
        new TreeMap<>(
            Map.of(
                "reason",
                "sbom".getBytes(StandardCharsets.US_ASCII),
                ResultStatements.CORE_KEY,
                CORE.getBytes(StandardCharsets.US_ASCII))),
        Optional.of(build.ref(graph(id, ref.graph(), ref.scanned()))),
        "",
        PREDICATE,
        List.of());
  }

  private Graph graph(String id, Graph core, Scanned scanned) {
    String pinned = image.reference() + "@" + image.digest();
    Vertex scanner =
        Vertex.of(
            SourceOp.of("docker-image://" + pinned, Map.of()),
            List.of(),
            Optional.of(platform),
            VertexMetadata.EMPTY);
    List<Input> inputs = new ArrayList<>(List.of(new Input(scanner.digest(), 0)));
    List<ExecMount> mounts = new ArrayList<>();
    mounts.add(ExecMount.bind(0, "", "/", 0, false));
    mounts.add(ExecMount.of(new ExecMount.Tmpfs(0), "/tmp"));
    mounts.add(mount(core, SOURCE, inputs));
    scanned.extras().forEach((name, part) -> mounts.add(mount(part, EXTRA + name, inputs)));
    mounts.add(ExecMount.bind(Op.NONE, "", DESTINATION, 1, false));
    ExecOp run =
        new ExecOp(
            ExecMeta.of(
                args(),
                env(!scanned.extras().isEmpty()),
                config.workingDir().isEmpty() ? "/" : config.workingDir(),
                ""),
            mounts,
            ExecOp.NetworkMode.DEFAULT,
            ExecOp.SecurityMode.SANDBOX,
            List.of(),
            List.of());
    String name = "[" + id + "] generating sbom using " + wanted.generator().canonical();
    Vertex scan =
        Vertex.of(
            run,
            inputs,
            Optional.of(platform),
            VertexMetadata.of(Map.of(VertexMetadata.CUSTOM_NAME, name), List.of())
                .withIgnoreCache(fresh || scanned.anew()));
    Map<Digest, Vertex> vertices = new LinkedHashMap<>();
    add(core, vertices);
    scanned.extras().values().forEach(part -> add(part, vertices));
    vertices.putIfAbsent(scanner.digest(), scanner);
    vertices.put(scan.digest(), scan);
    return new Graph(
        List.copyOf(vertices.values()), Optional.of(new Output(scan.digest(), 1)), core.sources());
  }

  /** A part of what is scanned; an empty filesystem has no input. */
  private static ExecMount mount(Graph part, String target, List<Input> inputs) {
    int index = part.result().isPresent() ? inputs.size() : Op.NONE;
    part.result().ifPresent(it -> inputs.add(new Input(it.vertex(), it.index())));
    return ExecMount.bind(index, "", target, Op.NONE, true);
  }

  /** What was just made is not made again, whatever the build said of its cache. */
  private static void add(Graph part, Map<Digest, Vertex> vertices) {
    part.vertices()
        .forEach(
            it -> vertices.putIfAbsent(it.digest(), it.withMeta(it.meta().withIgnoreCache(false))));
  }

  private List<String> env(boolean extras) {
    List<String> env = new ArrayList<>(config.env());
    env.add("BUILDKIT_SCAN_DESTINATION=" + DESTINATION);
    env.add("BUILDKIT_SCAN_SOURCE=" + SOURCE);
    if (extras) {
      env.add("BUILDKIT_SCAN_SOURCE_EXTRAS=" + EXTRAS);
    }
    wanted.parameters().forEach((key, value) -> env.add("BUILDKIT_SCAN_" + key + "=" + value));
    return env;
  }
}
