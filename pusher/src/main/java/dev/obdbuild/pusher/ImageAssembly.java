package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.pusher.attest.PackageUrl;
import dev.obdbuild.pusher.attest.Subject;
import dev.obdbuild.pusher.output.AnnotationSet.Target;
import dev.obdbuild.pusher.output.ImageOptions;
import dev.obdbuild.pusher.output.LayerChoice.Worlds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Puts images together as an exporter's options ask for it: one platform or several, ordinary
 * layers, overlaybd layers or both, with what is attested about them.
 */
public final class ImageAssembly {

  private final List<PlatformImage> platforms;
  private final boolean multiPlatform;
  private final ImageOptions options;
  private final List<String> names;
  private final ExportStages stages;

  private ImageAssembly(
      List<PlatformImage> platforms,
      boolean multiPlatform,
      ImageOptions options,
      List<String> names,
      ExportStages stages) {
    this.platforms = platforms;
    this.multiPlatform = multiPlatform;
    this.options = options;
    this.names = names;
    this.stages = stages;
  }

  /**
   * Makes the documents of an image. Waits for layers that are being sealed.
   *
   * @param platforms in the order asked for; their layers in the worlds that {@code options} ask
   *     for
   * @param multiPlatform whether an index is made even of a single platform
   * @param names of the image, which its attestations tell
   * @throws IllegalArgumentException when the options do not fit the image
   * @throws IOException when a layer cannot be sealed, or an attestation is no JSON
   */
  public static ImageSet assemble(
      List<PlatformImage> platforms,
      boolean multiPlatform,
      ImageOptions options,
      List<String> names,
      ExportStages stages)
      throws IOException {
    if (platforms.isEmpty() || (!multiPlatform && platforms.size() > 1)) {
      throw new IllegalArgumentException(
          "an image of " + platforms.size() + " platforms, multi-platform=" + multiPlatform);
    }
    return new ImageAssembly(platforms, multiPlatform, options, names, stages).run();
  }

  private ImageSet run() throws IOException {
    Worlds worlds = options.layers().worlds();
    World tar = options.ociTypes() ? World.ORDINARY : World.DOCKER;
    boolean attested = platforms.stream().anyMatch(p -> !attached(p).isEmpty());
    boolean index = multiPlatform || attested || worlds == Worlds.INDEX;
    List<Platform> all = platforms.stream().map(PlatformImage::platform).toList();
    options.annotations().check(all, index, options.ociTypes());
    if (attested && !options.ociTypes()) {
      throw new IllegalArgumentException(
          "cannot export attestations with \"oci-mediatypes=false\"");
    }
    sealAll();
    return switch (worlds) {
      case OVERLAYBD -> alone(made(World.OVERLAYBD, List.of()), index);
      case ORDINARY -> alone(made(tar, List.of()), index);
      case INDEX -> {
        List<Made> both = new ArrayList<>(made(tar, List.of()));
        both.addAll(made(World.OVERLAYBD, List.of()));
        yield alone(both, true);
      }
      case REFERRER -> {
        List<Made> plain = made(tar, List.of());
        ImageTree image = tree(plain, index, Optional.empty());
        List<Descriptor> subjects =
            plain.stream().map(made -> bare(made.image.manifestDescriptor())).toList();
        List<Made> blocks = made(World.OVERLAYBD, subjects);
        ImageTree referrer = tree(blocks, index, Optional.of(bare(image.root())));
        yield new ImageSet(image, Optional.of(referrer));
      }
    };
  }

  /** One image that was made, and what is attested about it. */
  private record Made(
      PlatformImage asked,
      World world,
      AssembledImage image,
      Optional<AttestationManifest> attestation) {}

  private ImageSet alone(List<Made> made, boolean index) {
    return new ImageSet(tree(made, index, Optional.empty()), Optional.empty());
  }

  private void sealAll() throws IOException {
    try (ExportStages.Stage _ = stages.begin("exporting layers")) {
      for (PlatformImage platform : platforms) {
        for (World world : worlds()) {
          for (LayerSource layer : platform.layers(world).layers()) {
            if (layer.existing().isEmpty()) {
              layer.seal();
            }
          }
        }
      }
    }
  }

  private List<World> worlds() {
    return switch (options.layers().worlds()) {
      case OVERLAYBD -> List.of(World.OVERLAYBD);
      case ORDINARY -> List.of(World.ORDINARY);
      case REFERRER, INDEX -> List.of(World.ORDINARY, World.OVERLAYBD);
    };
  }

  /**
   * @param subjects what each platform's manifest refers to; none for images that are no referrers
   */
  private List<Made> made(World world, List<Descriptor> subjects) throws IOException {
    List<Made> all = new ArrayList<>();
    for (int i = 0; i < platforms.size(); i++) {
      PlatformImage platform = platforms.get(i);
      Optional<Descriptor> subject =
          subjects.isEmpty() ? Optional.empty() : Optional.of(subjects.get(i));
      AssembledImage image = AssembledImage.of(contents(platform, world, subject));
      stages.mark("exporting manifest " + image.manifestDescriptor().digest());
      stages.mark("exporting config " + image.configDescriptor().digest());
      all.add(new Made(platform, world, image, attest(platform, image)));
    }
    return all;
  }

  private ImageContents contents(
      PlatformImage platform, World world, Optional<Descriptor> subject) {
    return new ImageContents(
        world,
        platform.layers(world),
        platform.wholeConfig(),
        options.annotations().of(Target.MANIFEST, platform.platform()),
        subject,
        options.preferNonDistributable(),
        platform.baseHistory(),
        platform.epoch());
  }

  /** What is attached to a platform's image: all, once something is there that always is. */
  private List<Attestation> attached(PlatformImage platform) {
    boolean some =
        multiPlatform
            || options.inlineAttestations()
            || platform.attestations().stream().anyMatch(a -> !a.inlineOnly());
    return some ? platform.attestations() : List.of();
  }

  private Optional<AttestationManifest> attest(PlatformImage platform, AssembledImage image)
      throws IOException {
    List<Attestation> attestations = attached(platform);
    if (attestations.isEmpty()) {
      return Optional.empty();
    }
    Descriptor about = image.manifestDescriptor();
    List<Subject> subjects =
        names.stream()
            .map(name -> PackageUrl.ofImage(name, platform.platform()))
            .map(url -> new Subject(url, about.digest()))
            .toList();
    AttestationManifest made =
        AttestationManifest.of(about, attestations, subjects, options.ociArtifact());
    stages.mark("exporting attestation manifest " + made.manifest().descriptor().digest());
    return Optional.of(made);
  }

  private ImageTree tree(List<Made> made, boolean indexed, Optional<Descriptor> subject) {
    List<Descriptor> entries = new ArrayList<>();
    List<Document> attestations = new ArrayList<>();
    Set<LayerSource> layers = new LinkedHashSet<>();
    boolean mixed = options.layers().worlds() == Worlds.INDEX;
    for (Made one : made) {
      Descriptor entry = entry(one);
      entries.add(mixed && one.world == World.OVERLAYBD ? Alternative.mark(entry) : entry);
      layers.addAll(one.asked.layers(one.world).layers());
    }
    for (Made one : made) {
      one.attestation.ifPresent(
          a -> {
            entries.add(a.manifest().descriptor());
            attestations.addAll(a.blobs());
            attestations.add(a.manifest());
          });
    }
    List<AssembledImage> images = made.stream().map(Made::image).toList();
    if (!indexed) {
      return new ImageTree(
          entries.getFirst(), images, attestations, Optional.empty(), List.copyOf(layers));
    }
    Document index = index(entries, subject);
    Map<String, String> ofDescriptor = options.annotations().of(Target.INDEX_DESCRIPTOR);
    return new ImageTree(
        index.descriptor().withAnnotations(ofDescriptor),
        images,
        attestations,
        Optional.of(index),
        List.copyOf(layers));
  }

  private Descriptor entry(Made made) {
    Platform platform = made.asked.platform();
    Map<String, String> annotations =
        options.annotations().of(Target.MANIFEST_DESCRIPTOR, platform);
    return made.image.manifestDescriptor().withPlatform(platform).withAnnotations(annotations);
  }

  private Document index(List<Descriptor> entries, Optional<Descriptor> subject) {
    boolean oci = options.ociTypes() || subject.isPresent();
    String type = oci ? MediaTypes.OCI_INDEX : MediaTypes.DOCKER_INDEX;
    Index index =
        new Index(
            type,
            entries,
            subject,
            options.annotations().of(Target.INDEX),
            subject.map(s -> MediaTypes.OVERLAYBD_REFERRER));
    Document document = Document.of(type, index.toJson());
    stages.mark("exporting manifest list " + document.descriptor().digest());
    return document;
  }

  private static Descriptor bare(Descriptor descriptor) {
    return new Descriptor(descriptor.mediaType(), descriptor.digest(), descriptor.size());
  }
}
