package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.Lines;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.LinuxResources;
import dev.obdbuild.llb.MergeOp;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.ProgressGroup;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Steps to LLB: the same operations, in the same words, as BuildKit's frontend writes. */
final class LlbEmitter {
  private final BuildConfig config;
  private final Definition definition;
  private final InputTrees inputs;
  private final Map<StageState, Optional<Node.Out>> outputs = new IdentityHashMap<>();
  private final Optional<Node.Out> context;

  /**
   * @param paths what the steps use of the context, absolute
   */
  LlbEmitter(BuildConfig config, BuildInput input, Set<String> paths) throws IOException {
    this.config = config;
    this.definition = input.definition();
    this.inputs = input.inputs();
    this.context = input.context().out(relative(paths));
  }

  /** Paths as a transfer takes them; using the root is using everything, which needs no paths. */
  private static List<String> relative(Set<String> paths) {
    return paths.contains("/") ? List.of() : paths.stream().map(path -> path.substring(1)).toList();
  }

  /**
   * @param stages in an order in which each comes after those it needs
   */
  void emit(List<StageState> stages) {
    // Images that instructions name directly stand behind the stages that use them.
    for (StageState state : stages) {
      if (state.isGiven()) {
        outputs.put(state, base(state));
      }
    }
    for (StageState state : stages) {
      if (!state.isGiven()) {
        outputs.put(state, emit(state));
      }
    }
  }

  /** What a stage yields, once it has been emitted. */
  Graph graph(StageState state) {
    return graph(output(state));
  }

  /** The build context. */
  Graph contextGraph() {
    return graph(context);
  }

  private Graph graph(Optional<Node.Out> output) {
    List<SourceFile> files = new ArrayList<>();
    files.add(
        new SourceFile(
            definition.name(),
            definition.bytes(),
            "Dockerfile",
            Optional.of(definition.graph()).filter(origin -> origin.result().isPresent())));
    files.addAll(inputs.files());
    return output.map(result -> Graph.of(result, files)).orElse(Graph.EMPTY);
  }

  private Optional<Node.Out> output(StageState state) {
    Optional<Node.Out> output = outputs.get(state);
    if (output == null) {
      throw new IllegalStateException("stage " + state.displayName + " is used before it is made");
    }
    return output;
  }

  private Optional<Node.Out> base(StageState state) {
    if (state.base.isPresent()) {
      return output(state.base.get());
    }
    if (state.tree.isPresent()) {
      return state.tree.get().out(relative(state.paths));
    }
    return state.image.map(image -> image(state, image));
  }

  private Node.Out image(StageState state, String reference) {
    Map<String, String> attrs = new LinkedHashMap<>();
    List<String> caps = new ArrayList<>(List.of("source.image"));
    if (config.resolveMode() != ResolveMode.DEFAULT) {
      attrs.put(SourceAttr.IMAGE_RESOLVE_MODE, config.resolveMode().word());
    }
    if (config.resolveMode() == ResolveMode.PULL) {
      caps.add("source.image.resolvemode");
    }
    String command = state.stage.map(s -> s.origin().text()).orElse("");
    Map<String, String> texts =
        Map.of(VertexMetadata.CUSTOM_NAME, state.fromName, VertexMetadata.COMMAND, command);
    return Node.of(
            SourceOp.of("docker-image://" + reference, attrs),
            List.of(),
            state.platform,
            VertexMetadata.of(texts, caps).withLocations(locations(state.lines)))
        .out();
  }

  static List<SourceLocation> locations(Lines lines) {
    return List.of(
        new SourceLocation(0, SourceLocation.LineRange.each(lines.first(), lines.last())));
  }

  private Optional<Node.Out> emit(StageState state) {
    Optional<Node.Out> current = base(state);
    Platform platform = state.platform.orElse(config.targetPlatform());
    for (Step step : state.steps) {
      current =
          Optional.of(
              switch (step) {
                case Step.Run run -> new RunEmitter(this, platform).emit(run, current);
                case Step.Copy copy when copy.link() -> link(copy, current);
                case Step.Copy copy -> FileEmitter.copy(this, copy, current, meta(copy.label()));
                case Step.MakeDirectory directory ->
                    FileEmitter.directory(directory, current, meta(directory.label()));
              });
    }
    return current;
  }

  /** What every file operation says of itself. */
  static VertexMetadata meta(Step.Label label) {
    return VertexMetadata.of(Map.of(VertexMetadata.CUSTOM_NAME, label.text()), List.of("file.base"))
        .withIgnoreCache(label.ignoreCache())
        .withLocations(locations(label.lines()));
  }

  /** Files on nothing, laid over what is there: the two share a line in displays. */
  private Node.Out link(Step.Copy copy, Optional<Node.Out> current) {
    String id = ProgressIds.of(copy.group());
    Node.Out files =
        FileEmitter.copy(
            this,
            copy,
            Optional.empty(),
            meta(copy.label()).withProgressGroup(new ProgressGroup(id, copy.label().text(), true)));
    if (current.isEmpty()) {
      return files;
    }
    VertexMetadata merged =
        VertexMetadata.of(Map.of(VertexMetadata.CUSTOM_NAME, copy.linkLabel()), List.of("mergeop"))
            .withIgnoreCache(copy.label().ignoreCache())
            .withProgressGroup(new ProgressGroup(id, copy.label().text(), false))
            .withLocations(locations(copy.label().lines()));
    return Node.of(
            new MergeOp(List.of(0, 1)), List.of(current.get(), files), Optional.empty(), merged)
        .out();
  }

  Optional<LinuxResources> resources() {
    return config.resources();
  }

  /** The filesystem behind some content; empty for an empty one. */
  Optional<Node.Out> content(Content content) {
    return switch (content) {
      case Content.Context _ -> context;
      case Content.OfStage(StageState stage) -> output(stage);
      case Content.Empty _ -> Optional.empty();
      case Content.Remote(Node.Out out) -> Optional.of(out);
      case Content.Inline inline -> Optional.of(FileEmitter.inline(inline));
      case Content.CacheDirectory directory ->
          Optional.of(FileEmitter.cache(directory, content(directory.below())));
    };
  }
}
