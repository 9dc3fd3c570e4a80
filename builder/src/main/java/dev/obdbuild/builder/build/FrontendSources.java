package dev.obdbuild.builder.build;

import dev.obdbuild.frontend.plan.ImageQuery;
import dev.obdbuild.frontend.plan.ResolvedImage;
import dev.obdbuild.frontend.plan.Sources;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Output;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.llb.VertexMetadata;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a frontend reads while it plans: files out of graphs, which are solved for it, and what
 * registries say of images. Thread-safe. Used for one request.
 */
final class FrontendSources implements Sources {

  private final Build build;
  private final Asker asker;
  private final SourceMetadata metadata;
  private final RefFiles files;
  private final Map<Output, Ref> refs = new ConcurrentHashMap<>();

  FrontendSources(Build build, Asker asker) {
    this.build = build;
    this.asker = asker;
    this.metadata = new SourceMetadata(build, asker);
    this.files = new RefFiles(build);
  }

  @Override
  public Optional<byte[]> readFile(Graph tree, String path, int limit) throws IOException {
    Ref ref = ref(tree);
    try {
      return Optional.of(files.read(ref, path, 0, limit));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public Runnable hold(Graph tree) {
    Optional<Vertex> last = tree.head();
    return last.isPresent() ? build.hold(last.get().digest()) : () -> {};
  }

  /** Two that are asked for at once may become two refs, of which each is as good. */
  private Ref ref(Graph tree) throws IOException {
    Output output = tree.result().orElseThrow();
    Ref known = refs.get(output);
    if (known != null) {
      return known;
    }
    Ref made = build.ref(tree, asker);
    Ref first = refs.putIfAbsent(output, made);
    return first == null ? made : first;
  }

  @Override
  public Optional<Instant> modified(SourceOp source, String stepName) throws IOException {
    if (source.scheme().equals("docker-image") || source.scheme().equals("oci-layout")) {
      return Optional.empty();
    }
    return switch (metadata.facts(source, SourceWish.ofTime(stepName))) {
      case SourceFacts.OfGit git -> git.objects().flatMap(found -> CommitTime.of(found.commit()));
      case SourceFacts.OfFile file ->
          file.file().lastModified().isPresent()
              ? file.file().lastModified()
              : newest(file.source());
      case SourceFacts.OfImage _, SourceFacts.Nothing _ -> Optional.empty();
    };
  }

  /** A download that is an archive is as old as its newest file. */
  private Optional<Instant> newest(SourceOp download) throws IOException {
    String name = download.attrs().getOrDefault(SourceAttr.HTTP_FILENAME, "");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Node.Out file = Node.of(download, List.of(), Optional.empty(), VertexMetadata.EMPTY).out();
    return files.newest(ref(Graph.of(file, List.of())), name);
  }

  @Override
  public ResolvedImage resolveImage(ImageQuery query) throws IOException {
    ResolvedImage image = metadata.resolve(query);
    if (query.place() instanceof ImageQuery.InRegistry) {
      asker
          .origin()
          .add(
              new Origin.AskedImage(
                  image.reference(), Optional.of(query.platform()), image.digest()));
    }
    return image;
  }
}
