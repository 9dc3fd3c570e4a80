package dev.obdbuild.builder.build;

import dev.obdbuild.frontend.plan.ImageQuery;
import dev.obdbuild.frontend.plan.ImageQuery.InLayout;
import dev.obdbuild.frontend.plan.ImageQuery.InRegistry;
import dev.obdbuild.frontend.plan.ResolvedImage;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.solver.progress.VertexProgress;
import dev.obdbuild.worker.image.LayoutImages.LayoutImage;
import dev.obdbuild.worker.image.ResolveMode;
import dev.obdbuild.worker.source.git.GitCommit;
import dev.obdbuild.worker.source.http.HttpFile;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is known of sources before anything of them is used. Thread-safe. */
public final class SourceMetadata {

  private static final String LAYOUT = "oci-layout://";

  private final Build build;

  public SourceMetadata(Build build) {
    this.build = build;
  }

  /**
   * An image.
   *
   * @param reference as it was asked for
   * @param digest of the manifest, or of the index that the name leads to
   * @param config JSON; empty when it was not asked for
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Image(String reference, Digest digest, byte[] config) {}

  /**
   * How an image is looked up.
   *
   * @param platform the host's if empty
   * @param withConfig whether the config is wanted
   * @param logName of the step that is shown; empty for the usual one
   */
  public record ImageWish(
      Optional<Platform> platform, ResolveMode mode, boolean withConfig, String logName) {

    Platform exactPlatform() {
      return platform.orElseGet(Platform::host);
    }
  }

  /** An image of a registry, or of the local store where the mode allows. */
  public Image image(String reference, ImageWish wish) throws IOException {
    Reference parsed = Reference.parse(reference);
    String name = wish.logName().isEmpty() ? ImageMetadata.stepName(parsed) : wish.logName();
    if (!wish.withConfig()) {
      return new Image(parsed.canonical(), build.images().digest(parsed, name), new byte[0]);
    }
    ImageMetadata.Found found =
        build.images().resolve(parsed, wish.exactPlatform(), wish.mode(), name);
    build.origin().add(new Origin.AskedImage(parsed, wish.platform(), found.digest()));
    return new Image(parsed.canonical(), found.digest(), found.config());
  }

  /** An image of an OCI layout that the client, or another one, offers. */
  public Image layout(SourceOp source, ImageWish wish) throws IOException {
    LayoutImage image =
        shown(
            wish.logName().isEmpty() ? usual(source) : wish.logName(),
            context -> build.worker().layout(source, wish.exactPlatform()));
    return new Image(
        source.location(),
        image.root().digest(),
        wish.withConfig() ? image.configBytes() : new byte[0]);
  }

  /** What the ref of a git source stands for now. */
  public GitCommit git(SourceOp source, String logName) throws IOException {
    return shown(
        logName.isEmpty() ? usual(source) : logName,
        context -> build.worker().git(source, context));
  }

  /** The file of an HTTP source as its server has it now. */
  public HttpFile http(SourceOp source, String logName) throws IOException {
    return shown(
        logName.isEmpty() ? usual(source) : logName,
        context -> build.worker().http(source, context));
  }

  private static String usual(SourceOp source) {
    return "resolve image config for " + source.identifier();
  }

  /** Something that is asked. */
  @FunctionalInterface
  private interface Question<T> {
    T ask(OpContext context) throws IOException;
  }

  private <T> T shown(String name, Question<T> question) throws IOException {
    VertexProgress step = VertexProgress.begin(build.progress(), name);
    try {
      T answer = question.ask(new OpContext(build.cancellation(), step.work(), Optional.empty()));
      step.complete();
      return answer;
    } catch (IOException | RuntimeException e) {
      step.fail(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** What a frontend asks for. */
  ResolvedImage resolve(ImageQuery query) throws IOException {
    return switch (query.place()) {
      case InRegistry registry -> {
        ImageMetadata.Found found =
            build
                .images()
                .resolve(
                    query.reference(),
                    query.platform(),
                    ResolveMode.parse(registry.mode().word()),
                    query.stepName());
        yield new ResolvedImage(found.reference(), found.digest(), found.parsed());
      }
      case InLayout layout -> {
        Image image = layout(source(query.reference(), layout), wish(query));
        yield new ResolvedImage(
            query.reference(),
            image.digest(),
            ImageConfig.parse(image.config(), "config of " + image.reference()));
      }
    };
  }

  private static ImageWish wish(ImageQuery query) {
    return new ImageWish(
        Optional.of(query.platform()), ResolveMode.DEFAULT, true, query.stepName());
  }

  private static SourceOp source(Reference reference, InLayout layout) {
    return layout(reference, layout.sessionId(), layout.store());
  }

  /**
   * The source that an image of a layout is.
   *
   * @param session whose layout it is; empty for the build's own session
   * @param store name of the layout; empty if the reference names it
   */
  public static SourceOp layout(Reference reference, String session, String store) {
    Map<String, String> attrs = new TreeMap<>();
    if (!session.isEmpty()) {
      attrs.put(SourceAttr.OCI_SESSION, session);
    }
    if (!store.isEmpty()) {
      attrs.put(SourceAttr.OCI_STORE, store);
    }
    return SourceOp.of(LAYOUT + reference.canonical(), attrs);
  }
}
