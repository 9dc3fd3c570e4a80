package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.ignore.UnixPath;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileAction.Account;
import dev.obdbuild.llb.FileAction.CopyOptions;
import dev.obdbuild.llb.FileAction.Owner;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.VertexMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Steps that only change files to file operations. */
final class FileEmitter {
  private static final CopyOptions UNPACK = CopyOptions.NONE.unpacking(true);
  private static final CopyOptions CONTENTS =
      new CopyOptions(false, true, false, false, false, false, false);

  private FileEmitter() {}

  /** One action per source, each on what the one before it made. */
  static Node.Out copy(
      LlbEmitter emitter, Step.Copy copy, Optional<Node.Out> base, VertexMetadata meta) {
    Inputs inputs = new Inputs();
    int baseIndex = inputs.index(base);
    List<Integer> sources = new ArrayList<>();
    for (Step.Source source : copy.sources()) {
      sources.add(inputs.index(emitter.content(source.content())));
    }
    List<FileAction> actions = new ArrayList<>();
    int count = copy.sources().size();
    for (int i = 0; i < count; i++) {
      int input = i == 0 ? baseIndex : inputs.nodes().size() + i - 1;
      int output = i == count - 1 ? 0 : Op.NONE;
      actions.add(
          new FileAction(
              input, sources.get(i), output, change(copy, copy.sources().get(i), baseIndex)));
    }
    return node(actions, inputs, meta);
  }

  private static FileAction.Change change(Step.Copy copy, Step.Source source, int baseIndex) {
    return new FileAction.Copy(
        source.path(),
        copy.destination(),
        owner(copy.owner(), baseIndex),
        copy.mode(),
        copy.modeText(),
        FileAction.TIME_UNSET,
        source.options(),
        source.include(),
        copy.excludes(),
        source.required());
  }

  static Node.Out directory(
      Step.MakeDirectory directory, Optional<Node.Out> base, VertexMetadata meta) {
    Inputs inputs = new Inputs();
    int index = inputs.index(base);
    FileAction.MkDir change =
        new FileAction.MkDir(
            directory.path(), 0755, true, owner(directory.owner(), index), directory.timestamp());
    return node(List.of(new FileAction(index, Op.NONE, 0, change)), inputs, meta);
  }

  static Node.Out inline(Content.Inline file) {
    FileAction.MkFile change =
        new FileAction.MkFile(
            file.name(), file.mode(), file.data(), Optional.empty(), FileAction.TIME_UNSET);
    return node(
        List.of(new FileAction(Op.NONE, Op.NONE, 0, change)),
        new Inputs(),
        internal("preparing inline document"));
  }

  static Node.Out cache(Content.CacheDirectory directory, Optional<Node.Out> below) {
    Inputs inputs = new Inputs();
    int index = inputs.index(below);
    Owner owner = new Owner(Optional.of(byId(directory.uid())), Optional.of(byId(directory.gid())));
    FileAction.MkDir change =
        new FileAction.MkDir(
            "/cache", directory.mode(), false, Optional.of(owner), FileAction.TIME_UNSET);
    return node(
        List.of(new FileAction(index, Op.NONE, 0, change)),
        inputs,
        internal("setting cache mount permissions"));
  }

  /** What is in an archive, or the file itself if it is none. */
  static Node.Out unpacked(Node.Out archive, String path) {
    return onNothing(archive, path, UNPACK);
  }

  /** The files of a folder. */
  static Node.Out contents(Node.Out tree, String folder) {
    return onNothing(tree, UnixPath.join("/", folder), CONTENTS);
  }

  private static Node.Out onNothing(Node.Out source, String path, CopyOptions options) {
    FileAction.Copy change = FileAction.Copy.of(path, "/", options);
    Inputs inputs = new Inputs();
    int index = inputs.index(Optional.of(source));
    return node(
        List.of(new FileAction(Op.NONE, index, 0, change)),
        inputs,
        VertexMetadata.of(Map.of(), List.of("file.base")));
  }

  private static VertexMetadata internal(String name) {
    return VertexMetadata.of(
        Map.of(VertexMetadata.CUSTOM_NAME, "[internal] " + name), List.of("file.base"));
  }

  private static Node.Out node(List<FileAction> actions, Inputs inputs, VertexMetadata meta) {
    return Node.of(new FileOp(actions), inputs.nodes(), inputs.used(), Optional.empty(), meta)
        .out();
  }

  private static Account byId(int id) {
    return new FileAction.ById(Integer.toUnsignedLong(id));
  }

  /**
   * {@code user[:group]}, each a number or a name.
   *
   * @param names the input whose files say what number a name has
   */
  private static Optional<Owner> owner(String text, int names) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = text.split(":", 2);
    return Optional.of(
        new Owner(
            Optional.of(account(parts[0], names)),
            parts.length < 2 ? Optional.empty() : Optional.of(account(parts[1], names))));
  }

  private static Account account(String text, int names) {
    if (text.isEmpty() || text.equals("root")) {
      return byId(0);
    }
    try {
      return byId(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      return new FileAction.ByName(text, names);
    }
  }
}
