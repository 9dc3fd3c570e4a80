package dev.obdbuild.builder.attest;

import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.Origin.AskedImage;
import dev.obdbuild.builder.build.Ref;
import dev.obdbuild.llb.BuildOp;
import dev.obdbuild.llb.DiffOp;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.MergeOp;
import dev.obdbuild.llb.PassthroughOp;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.worker.source.git.GitSource;
import dev.obdbuild.worker.source.http.HttpSource;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds out what refs were made of. */
final class Capture {

  private final Build build;
  private final Materials materials = new Materials();

  private Capture(Build build) {
    this.build = build;
  }

  /**
   * What a ref was made of, and what else its frontend looked at on the way.
   *
   * @param results all refs of the result: of the others, nothing is told here
   * @param platforms of the result, if there are several
   * @param platform of the ref
   */
  static Materials of(
      Build build, Ref ref, List<Ref> results, List<Platform> platforms, Platform platform)
      throws IOException {
    Capture capture = new Capture(build);
    capture.graph(ref.graph());
    Set<String> seen = new HashSet<>();
    results.forEach(result -> seen.add(result.id()));
    for (Ref other : ref.origin().refs()) {
      if (seen.add(other.id()) && other.isSolved()) {
        capture.graph(other.graph());
      }
    }
    for (AskedImage image : ref.origin().images()) {
      if (counts(image, ref.origin().images(), platforms, platform)) {
        capture.materials.image(
            new Materials.Image(
                image.reference().toString(), image.platform(), image.digest().toString(), false));
      }
    }
    return capture.materials;
  }

  /** An image that was asked for on behalf of every platform counts only for its own. */
  private static boolean counts(
      AskedImage image, List<AskedImage> all, List<Platform> platforms, Platform own) {
    if (platforms.size() < 2 || image.platform().isEmpty() || isFor(image, own)) {
      return true;
    }
    return !platforms.stream()
        .allMatch(
            platform ->
                all.stream()
                    .anyMatch(
                        it ->
                            it.reference().equals(image.reference())
                                && it.platform().isPresent()
                                && isFor(it, platform)));
  }

  private static boolean isFor(AskedImage image, Platform platform) {
    Platform one = image.platform().orElseThrow().normalised();
    Platform other = platform.normalised();
    return one.os().equals(other.os()) && one.architecture().equals(other.architecture());
  }

  private void graph(Graph graph) throws IOException {
    for (Vertex vertex : graph.vertices()) {
      switch (vertex.op()) {
        case SourceOp source -> source(vertex, source);
        case ExecOp exec -> exec(exec);
        case BuildOp _ -> materials.unknown();
        case FileOp _, MergeOp _, DiffOp _, PassthroughOp _ -> {}
      }
    }
  }

  private void source(Vertex vertex, SourceOp source) throws IOException {
    String pin = build.sources().pin(source).orElse("");
    switch (source.scheme()) {
      case "local" -> materials.local(source.location());
      case "docker-image" ->
          image(Reference.parse(source.location()).toString(), vertex, pin, false);
      case "oci-layout" -> image(source.location(), vertex, pin, true);
      case "git" -> {
        GitSource git = GitSource.of(source);
        String ref = git.remote().ref();
        materials.git(git.remote().shown() + (ref.isEmpty() ? "" : "#" + ref), pin);
        optional(git.authTokenSecret());
        optional(git.authHeaderSecret());
        if (!git.agent().isEmpty()) {
          materials.agent(git.agent(), true);
        }
      }
      case "http", "https" -> {
        if (!pin.isEmpty()) {
          materials.http(HttpSource.of(source).shown(), pin);
        }
      }
      default -> materials.unknown();
    }
  }

  private void image(String reference, Vertex vertex, String pin, boolean local) {
    Optional<Platform> platform = vertex.platform();
    materials.image(new Materials.Image(reference, platform, pin, local));
  }

  private void optional(String secret) {
    if (!secret.isEmpty()) {
      materials.secret(secret, true);
    }
  }

  private void exec(ExecOp exec) {
    for (ExecMount mount : exec.mounts()) {
      switch (mount.kind()) {
        case ExecMount.Secret secret -> materials.secret(secret.id(), secret.optional());
        case ExecMount.Ssh ssh -> materials.agent(ssh.id(), ssh.optional());
        case ExecMount.Bind _, ExecMount.Cache _, ExecMount.Tmpfs _ -> {}
      }
    }
    exec.secretEnv().forEach(secret -> materials.secret(secret.id(), secret.optional()));
    if (exec.network() != ExecOp.NetworkMode.NONE) {
      materials.network();
    }
  }
}
