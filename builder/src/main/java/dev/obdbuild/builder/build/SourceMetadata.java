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
import dev.obdbuild.worker.source.git.GitObjects;
import dev.obdbuild.worker.source.http.HashedFile;
import dev.obdbuild.worker.source.http.SuffixedHash;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is known of sources before anything of them is used. Thread-safe. */
public final class SourceMetadata {

  private static final String LAYOUT = "oci-layout://";

  private static final String IMAGE = "docker-image://";

  private final Build build;
  private final Asker asker;

  /** On behalf of the client. */
  public SourceMetadata(Build build) {
    this(build, build.asker());
  }

  /**
   * On somebody's behalf.
   *
   * @param asker whose policy says what is looked up instead of what is asked for
   */
  public SourceMetadata(Build build, Asker asker) {
    this.build = build;
    this.asker = asker;
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

  /**
   * What there is to know of a source.
   *
   * @throws SourceDeniedException when it must not be used
   */
  public SourceFacts facts(SourceOp asked, SourceWish wish) throws IOException {
    SourceOp source = admitted(asked, wish.image().platform());
    String logName = wish.image().logName();
    return switch (source.scheme()) {
      case "docker-image" -> image(source, wish);
      case "oci-layout" ->
          new SourceFacts.OfImage(source, ofLayout(source, wish.image()), Optional.empty());
      case "git" -> git(source, wish.gitObjects(), logName);
      case "http", "https" -> http(source, wish.hash(), logName);
      default -> new SourceFacts.Nothing(source);
    };
  }

  private SourceOp admitted(SourceOp asked, Optional<Platform> platform) throws IOException {
    try {
      return asker.policy().admit(asked, platform, build);
    } catch (IOException e) {
      throw SourceDeniedException.about("could not resolve image due to policy", e);
    }
  }

  private SourceFacts image(SourceOp source, SourceWish wish) throws IOException {
    Image image = noted(ofRegistry(source, wish.image()), wish.image());
    if (!wish.attestations() && wish.predicates().isEmpty()) {
      return new SourceFacts.OfImage(source, image, Optional.empty());
    }
    ImageAttestations attestations =
        ImageAttestations.find(
            build.lending().registry(),
            Reference.parse(source.location()).withDigest(image.digest()),
            wish.image().exactPlatform(),
            wish.predicates());
    return new SourceFacts.OfImage(source, image, Optional.of(attestations));
  }

  /**
   * An image of a registry, or of the local store where the mode allows.
   *
   * @throws SourceDeniedException when it must not be used
   */
  public Image image(String reference, ImageWish wish) throws IOException {
    SourceOp asked = SourceOp.of(IMAGE + Reference.parse(reference).canonical(), Map.of());
    return noted(image(asked, wish), wish);
  }

  /** Remembers an image that was asked about: the result may be made of it. */
  private Image noted(Image image, ImageWish wish) {
    if (wish.withConfig()) {
      asker
          .origin()
          .add(
              new Origin.AskedImage(
                  Reference.parse(image.reference()), wish.platform(), image.digest()));
    }
    return image;
  }

  /** An image of an OCI layout that the client, or another one, offers. */
  public Image layout(SourceOp source, ImageWish wish) throws IOException {
    return image(source, wish);
  }

  private Image image(SourceOp asked, ImageWish wish) throws IOException {
    SourceOp source = admitted(asked, wish.platform());
    return switch (source.scheme()) {
      case "docker-image" -> ofRegistry(source, wish);
      case "oci-layout" -> ofLayout(source, wish);
      default ->
          throw new IOException(
              "ref mutated by policy to non-image: "
                  + asked.identifier()
                  + " -> "
                  + source.identifier());
    };
  }

  private Image ofRegistry(SourceOp source, ImageWish wish) throws IOException {
    Reference parsed = Reference.parse(source.location());
    String name = wish.logName().isEmpty() ? ImageMetadata.stepName(parsed) : wish.logName();
    if (!wish.withConfig()) {
      return new Image(parsed.canonical(), build.images().digest(parsed, name), new byte[0]);
    }
    ImageMetadata.Found found =
        build.images().resolve(parsed, wish.exactPlatform(), wish.mode(), name);
    return new Image(parsed.canonical(), found.digest(), found.config());
  }

  private Image ofLayout(SourceOp source, ImageWish wish) throws IOException {
    LayoutImage image =
        shown(
            wish.logName().isEmpty() ? usual(source) : wish.logName(),
            context -> build.worker().layout(source, wish.exactPlatform()));
    return new Image(
        source.location(),
        image.root().digest(),
        wish.withConfig() ? image.configBytes() : new byte[0]);
  }

  private SourceFacts git(SourceOp source, boolean objects, String logName) throws IOException {
    return shown(
        logName.isEmpty() ? usual(source) : logName,
        context -> {
          // A signature is over the objects, which BuildKit shows when it has looked at them.
          boolean signed =
              source.attrs().keySet().stream()
                  .anyMatch(name -> name.startsWith(SourceAttr.GIT_SIG_PREFIX));
          if (!objects && !signed) {
            return new SourceFacts.OfGit(
                source, build.worker().git(source, context), Optional.empty());
          }
          GitObjects found = build.worker().gitObjects(source, context);
          return new SourceFacts.OfGit(source, found.found(), Optional.of(found));
        });
  }

  private SourceFacts http(SourceOp source, Optional<SuffixedHash> hash, String logName)
      throws IOException {
    return shown(
        logName.isEmpty() ? usual(source) : logName,
        context -> {
          if (hash.isEmpty()) {
            return new SourceFacts.OfFile(
                source, build.worker().http(source, context), Optional.empty());
          }
          HashedFile found = build.worker().http(source, hash.get(), context);
          return new SourceFacts.OfFile(source, found.file(), Optional.of(found.suffixed()));
        });
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
        Image image =
            image(
                query.reference().canonical(),
                new ImageWish(
                    Optional.of(query.platform()),
                    ResolveMode.parse(registry.mode().word()),
                    true,
                    query.stepName()));
        yield resolved(Reference.parse(image.reference()), image);
      }
      case InLayout layout -> {
        Image image = layout(source(query.reference(), layout), wish(query));
        yield resolved(query.reference(), image);
      }
    };
  }

  private static ResolvedImage resolved(Reference reference, Image image) throws IOException {
    return new ResolvedImage(
        reference,
        image.digest(),
        ImageConfig.parse(image.config(), "config of " + image.reference()));
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
