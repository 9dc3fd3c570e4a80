package dev.obdbuild.builder.build;

import dev.obdbuild.builder.BuildFailedException;
import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Warning;
import dev.obdbuild.frontend.plan.BuildPlan;
import dev.obdbuild.frontend.plan.DockerfileFrontend;
import dev.obdbuild.frontend.plan.FrontendOptions;
import dev.obdbuild.frontend.plan.FrontendResult.Answered;
import dev.obdbuild.frontend.plan.FrontendResult.Built;
import dev.obdbuild.frontend.plan.FrontendResult.Forwarded;
import dev.obdbuild.frontend.plan.UnsupportedException;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation.LineRange;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.solver.progress.ProgressEvent.WarningEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** One request to the built-in frontend for Dockerfiles. Used once. */
final class DockerfileBuild {

  static final String NAME = "dockerfile.v0";

  private static final String CONFIG = "containerimage.config";
  private static final String BASE_CONFIG = "containerimage.base.config";
  private static final String EPOCH = "source.date.epoch";
  private static final String PLATFORMS = "refs.platforms";

  private final Build build;
  private final FrontendRequest request;
  private final Asker asker;

  DockerfileBuild(Build build, FrontendRequest request, Asker asker) {
    this.build = build;
    this.request = request;
    this.asker = asker;
  }

  BuildResult run() throws IOException {
    FrontendOptions options =
        new FrontendOptions(
            request.options(), request.inputs(), build.lending().sessionId(), build.platform());
    try {
      return switch (new DockerfileFrontend().plan(options, new FrontendSources(build, asker))) {
        case Built built -> result(built);
        case Answered answered -> {
          warn(answered.warnings(), answered.definition(), Optional.empty());
          yield BuildResult.ofMetadata(answered.metadata());
        }
        case Forwarded forwarded -> forward(forwarded);
      };
    } catch (DockerfileException e) {
      e.warned().ifPresent(before -> warn(before.warnings(), before.definition(), file(e)));
      throw BuildFailedException.of(e);
    }
  }

  private static Optional<SourceFile> file(DockerfileException failure) {
    return failure
        .source()
        .map(
            file ->
                new SourceFile(
                    file.name(), file.text().getBytes(StandardCharsets.UTF_8), "Dockerfile"));
  }

  private BuildResult forward(Forwarded forwarded) throws IOException {
    SortedMap<String, String> options = new TreeMap<>(request.options());
    options.put("source", forwarded.source());
    options.put("cmdline", forwarded.cmdline());
    try {
      return build.solve(
          new FrontendRequest(
              ExternalFrontends.NAME,
              options,
              Optional.empty(),
              request.inputs(),
              request.caches(),
              false),
          asker);
    } catch (UnsupportedException e) {
      throw e;
    } catch (BuildFailedException e) {
      throw e.places().isEmpty() ? forwarded.failed(e) : e;
    } catch (FrontendFailedException e) {
      throw e.hasPlace() ? e : forwarded.failed(e);
    } catch (IOException e) {
      throw forwarded.failed(e);
    }
  }

  private BuildResult result(Built built) throws IOException {
    warn(
        built.plans().getFirst().warnings(),
        built.definition(),
        built.plans().getFirst().graph().sources().stream().findFirst());
    SortedMap<String, byte[]> metadata = new TreeMap<>();
    SortedMap<String, Ref> refs = new TreeMap<>();
    for (BuildPlan plan : built.plans()) {
      String suffix = built.multiPlatform() ? "/" + id(plan.platform()) : "";
      metadata.put(CONFIG + suffix, plan.config().toJson());
      plan.epoch()
          .ifPresent(
              time ->
                  metadata.put(
                      EPOCH + suffix,
                      Long.toString(time.getEpochSecond()).getBytes(StandardCharsets.US_ASCII)));
      plan.base().ifPresent(base -> metadata.put(BASE_CONFIG + suffix, base.toJson()));
      refs.put(
          id(plan.platform()),
          build
              .ref(plan.graph(), request.sources(), asker)
              .scanned(new Scanned(plan.scanned(), plan.ignoreCache())));
    }
    metadata.put(PLATFORMS, platforms(built.plans()));
    return built.multiPlatform()
        ? new BuildResult(Optional.empty(), refs, metadata, new TreeMap<>())
        : BuildResult.of(refs.firstEntry().getValue(), metadata);
  }

  private static String id(Platform platform) {
    return platform.normalised().formatAll();
  }

  private static byte[] platforms(List<BuildPlan> plans) {
    List<JsonWriter> all =
        plans.stream()
            .map(
                plan ->
                    new JsonWriter()
                        .always("ID", id(plan.platform()))
                        .object("Platform", plan.exported().write()))
            .toList();
    return new JsonWriter().objects("Platforms", all).toBytes();
  }

  /** What looks wrong in the Dockerfile, on the step that read it. */
  private void warn(List<Warning> warnings, Graph definition, Optional<SourceFile> file) {
    Optional<Digest> step = definition.result().map(output -> output.vertex());
    if (step.isEmpty()) {
      return;
    }
    for (Warning warning : warnings) {
      build
          .progress()
          .accept(
              new WarningEvent(
                  step.get(),
                  1,
                  warning.toString(),
                  List.of(warning.description()),
                  warning.url(),
                  file,
                  LineRange.each(warning.lines().first(), warning.lines().last())));
    }
  }
}
