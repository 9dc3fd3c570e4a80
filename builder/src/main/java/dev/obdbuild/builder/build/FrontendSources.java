package dev.obdbuild.builder.build;

import dev.obdbuild.frontend.plan.ImageQuery;
import dev.obdbuild.frontend.plan.ResolvedImage;
import dev.obdbuild.frontend.plan.Sources;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Output;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
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
  private final Origin origin;
  private final SourceMetadata metadata;
  private final RefFiles files;
  private final Map<Output, Ref> refs = new ConcurrentHashMap<>();

  FrontendSources(Build build, Origin origin) {
    this.build = build;
    this.origin = origin;
    this.metadata = new SourceMetadata(build);
    this.files = new RefFiles(build);
  }

  @Override
  public Optional<byte[]> readFile(Graph tree, String path, int limit) throws IOException {
    Ref ref =
        refs.computeIfAbsent(
            tree.result().orElseThrow(), output -> build.ref(tree, List.of(), origin));
    try {
      return Optional.of(files.read(ref, path, 0, limit));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public ResolvedImage resolveImage(ImageQuery query) throws IOException {
    ResolvedImage image = metadata.resolve(query);
    if (query.place() instanceof ImageQuery.InRegistry) {
      origin.add(
          new Origin.AskedImage(query.reference(), Optional.of(query.platform()), image.digest()));
    }
    return image;
  }
}
