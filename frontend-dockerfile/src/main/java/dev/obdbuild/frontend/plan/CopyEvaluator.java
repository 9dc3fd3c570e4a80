package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.expand.Expander;
import dev.obdbuild.frontend.ignore.UnixPath;
import dev.obdbuild.frontend.parse.Heredoc;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.parse.Origin;
import dev.obdbuild.frontend.remote.GitReference;
import dev.obdbuild.frontend.remote.GitSource;
import dev.obdbuild.frontend.remote.HttpSource;
import dev.obdbuild.llb.FileAction.CopyOptions;
import dev.obdbuild.llb.Node;
import dev.obdbuild.oci.json.GoQuote;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** COPY and ADD of one stage. */
final class CopyEvaluator {
  private static final int KEEP_MODE = -1;

  private final Expander expander;
  private final StageWords words;
  private final Budget budget;
  private final StageState state;
  private final Optional<Instant> epoch;
  private final Checks checks;
  private final IgnoredPaths ignored;

  CopyEvaluator(
      Expander expander,
      StageWords words,
      Budget budget,
      StageState state,
      Optional<Instant> epoch,
      Checks checks,
      IgnoredPaths ignored) {
    this.checks = checks;
    this.ignored = ignored;
    this.expander = expander;
    this.words = words;
    this.budget = budget;
    this.state = state;
    this.epoch = epoch;
  }

  /** What differs between the two instructions. */
  private record Kind(
      String keyword,
      Content content,
      boolean parents,
      Optional<Boolean> unpack,
      Optional<Boolean> keepGitDir,
      String checksum) {

    /** COPY. */
    static Kind copy(Content content, boolean parents) {
      return new Kind("COPY", content, parents, Optional.empty(), Optional.empty(), "");
    }

    boolean isAdd() {
      return keyword.equals("ADD");
    }
  }

  /** An instruction with everything expanded. */
  private record Expanded(
      List<String> sources,
      List<Heredoc> documents,
      String destination,
      String chown,
      String chmod) {}

  void copy(Instruction.Copy copy, StageState.Planned planned) throws DockerfileException {
    Expanded expanded = expand(copy.transfer());
    Content content = new Content.Context();
    if (!planned.sources().isEmpty()) {
      StageState source = planned.sources().getFirst().orElseThrow();
      if (!source.evaluated && !source.isHidden()) {
        throw new DockerfileException(
            "cannot copy from stage "
                + GoQuote.quote(copy.from())
                + ", it needs to be defined before current stage "
                + GoQuote.quote(state.displayName));
      }
      content = new Content.OfStage(source);
    }
    step(copy.transfer(), expanded, Kind.copy(content, copy.parents()), planned);
  }

  void add(Instruction.Add add, StageState.Planned planned) throws DockerfileException {
    String checksum = words.word(add.checksum());
    Expanded expanded = expand(add.transfer());
    step(
        add.transfer(),
        expanded,
        new Kind("ADD", new Content.Context(), false, add.unpack(), add.keepGitDir(), checksum),
        planned);
  }

  private Expanded expand(Instruction.Transfer transfer) throws DockerfileException {
    String chown = words.word(transfer.chown());
    String chmod = words.word(transfer.chmod());
    List<String> sources = new ArrayList<>();
    for (String source : transfer.sources()) {
      sources.add(words.word(source));
    }
    String destination = words.word(transfer.destination());
    List<Heredoc> documents = new ArrayList<>();
    for (Heredoc document : transfer.documents()) {
      String body = document.body();
      documents.add(
          new Heredoc(
              document.name(),
              document.expand(),
              false,
              document.expand() ? words.body(body).text() : body));
    }
    return new Expanded(sources, documents, destination, chown, chmod);
  }

  private void step(
      Instruction.Transfer transfer, Expanded expanded, Kind kind, StageState.Planned planned)
      throws DockerfileException {
    FileMode mode = FileMode.parse(expanded.chmod);
    checkChecksum(kind, expanded);
    String shown = StepNames.words(expander, planned.instruction().origin(), state);
    Step.Label label = StepNames.label(state, planned, shown, "", true);
    List<Step.Source> sources = new ArrayList<>();
    for (String source : expanded.sources) {
      sources.add(source(source, kind, label.text(), planned.instruction().origin()));
    }
    for (Heredoc document : expanded.documents) {
      String path = UnixPath.join("/", state.pathStyle().withoutDrive(document.name(), false));
      byte[] data = document.content().getBytes(StandardCharsets.UTF_8);
      sources.add(
          new Step.Source(
              new Content.Inline(path, 0644, data),
              path,
              CopyOptions.CREATE_DEST,
              List.of(),
              List.of()));
    }
    boolean link = transfer.link() && expanded.chmod.isEmpty();
    state.steps.add(
        new Step.Copy(
            label,
            sources,
            destination(expanded.destination),
            expanded.chown,
            mode.bits(),
            mode.text(),
            transfer.excludes(),
            link ? StepNames.text(state, planned, "LINK " + shown) : "",
            state.displayName + "/" + state.stepIndex));
    HistoryText.add(state, historyText(expanded, kind), false, epoch, budget);
    for (String source : expanded.sources) {
      if (kind.content instanceof Content.OfStage(StageState used)) {
        used.paths.add(UnixPath.join("/", source));
      } else if (!kind.isAdd() || !HttpSource.matches(source)) {
        state.contextPaths.add(UnixPath.join("/", source));
      }
    }
  }

  private static String historyText(Expanded expanded, Kind kind) {
    StringBuilder text = new StringBuilder(kind.keyword);
    text.append(kind.parents ? " --parents" : "");
    text.append(expanded.chown.isEmpty() ? "" : " --chown=" + expanded.chown);
    text.append(expanded.chmod.isEmpty() ? "" : " --chmod=" + expanded.chmod);
    expanded.sources.forEach(source -> text.append(' ').append(source));
    expanded.documents.forEach(document -> text.append(" <<").append(document.name()));
    return text.append(' ').append(expanded.destination).append(" # buildkit").toString();
  }

  private static void checkChecksum(Kind kind, Expanded expanded) throws DockerfileException {
    if (kind.checksum.isEmpty()) {
      return;
    }
    if (expanded.sources.size() != 1) {
      throw new DockerfileException("checksum can't be specified for multiple sources");
    }
    String source = expanded.sources.getFirst();
    if (!HttpSource.matches(source) && GitReference.parse(source).isEmpty()) {
      throw new DockerfileException("checksum requires HTTP(S) or Git sources");
    }
  }

  /**
   * @param title what a download is called as a step
   */
  private Step.Source source(String source, Kind kind, String title, Origin origin)
      throws DockerfileException {
    Optional<GitReference> git = GitReference.parse(source).filter(found -> !found.local());
    if (git.isPresent()) {
      return repository(git.get(), kind, title);
    }
    if (HttpSource.matches(source)) {
      return download(source, kind, title);
    }
    if (kind.content instanceof Content.Context && ignored.hides(source)) {
      checks.warn(
          Rule.COPY_IGNORED_FILE,
          "Attempting to "
              + (kind.isAdd() ? "Add" : "Copy")
              + " file "
              + GoQuote.quote(IgnoredPaths.shown(source))
              + " that is excluded by .dockerignore",
          origin);
    }
    return file(source, kind);
  }

  private static Step.Source repository(GitReference git, Kind kind, String title)
      throws DockerfileException {
    if (!kind.isAdd()) {
      throw new DockerfileException("source can't be a git ref for COPY");
    }
    if (kind.keepGitDir.isPresent()
        && git.keepGitDir().isPresent()
        && !kind.keepGitDir.equals(git.keepGitDir())) {
      throw new DockerfileException("inconsistent keep-git-dir configuration");
    }
    if (!kind.checksum.isEmpty()
        && !git.checksum().isEmpty()
        && !kind.checksum.equals(git.checksum())) {
      throw new DockerfileException(
          "checksum mismatch "
              + GoQuote.quote(kind.checksum)
              + " != "
              + GoQuote.quote(git.checksum()));
    }
    GitSource source = new GitSource(git).checksum(kind.checksum);
    if (git.keepGitDir().or(() -> kind.keepGitDir).orElse(false)) {
      source.keepingGitDir();
    }
    return remote(source.out(title), "/", CopyOptions.CREATE_DEST);
  }

  private static Step.Source download(String url, Kind kind, String title)
      throws DockerfileException {
    if (!kind.isAdd()) {
      throw new DockerfileException("source can't be a URL for COPY");
    }
    return remote(
        HttpSource.of(url, kind.checksum, title),
        UnixPath.join("/", HttpSource.filename(url)),
        CopyOptions.CREATE_DEST.unpacking(kind.unpack.orElse(false)));
  }

  private static Step.Source remote(Node.Out out, String path, CopyOptions options) {
    return new Step.Source(new Content.Remote(out), path, options, List.of(), List.of());
  }

  private Step.Source file(String source, Kind kind) throws DockerfileException {
    CopyOptions options = CopyOptions.CONTEXT.unpacking(kind.unpack.orElse(kind.isAdd()));
    if (!kind.parents) {
      return new Step.Source(kind.content, fromRoot(source), options, List.of(), List.of());
    }
    int pivot = source.indexOf("/./");
    String parent = pivot < 0 ? "/" : source.substring(0, pivot);
    String pattern = fromRoot(pivot < 0 ? source : source.substring(pivot + 3));
    List<String> required =
        hasWildcards(parent) || hasWildcards(pattern)
            ? List.of()
            : List.of(fromRoot(UnixPath.join(parent, pattern)));
    return new Step.Source(
        kind.content, fromRoot(parent), options, List.of(pattern.substring(1)), required);
  }

  private String fromRoot(String path) throws DockerfileException {
    try {
      return UnixPath.clean("/" + state.pathStyle().absolute("/", path, false));
    } catch (DockerfileException e) {
      throw DockerfileException.of("removing drive letter: " + e.getMessage(), e);
    }
  }

  private static boolean hasWildcards(String path) {
    for (int i = 0; i < path.length(); i++) {
      switch (path.charAt(i)) {
        case '*', '?', '[' -> {
          return true;
        }
        case '\\' -> i++;
        default -> {}
      }
    }
    return false;
  }

  /** Absolute; a slash at the end stays, because it means a directory. */
  private String destination(String text) throws DockerfileException {
    PathStyle style = state.pathStyle();
    String path = style.withoutDrive(text, true);
    String written = path.isEmpty() || path.equals(".") ? "./" : path;
    String absolute = style.absolute(style.isAbsolute(path) ? "/" : state.dir, written, true);
    return PathStyle.ending(UnixPath.join("/", absolute), absolute);
  }

  /** The bits of {@code --chmod}, or its text where it is symbolic. */
  private record FileMode(int bits, String text) {
    private static final String CLAUSE = "[ugoa]*([-+=][rwxXstugo]*)+";

    static FileMode parse(String chmod) throws DockerfileException {
      if (chmod.isEmpty()) {
        return new FileMode(KEEP_MODE, "");
      }
      if (chmod.matches("[0-7]{1,11}") && Long.parseLong(chmod, 8) <= 07777) {
        return new FileMode(Integer.parseInt(chmod, 8), "");
      }
      if (chmod.matches(CLAUSE + "(," + CLAUSE + ")*")) {
        return new FileMode(0, chmod);
      }
      if (!Character.isDigit(chmod.charAt(0))) {
        throw new DockerfileException("invalid syntax");
      }
      throw new DockerfileException(
          "invalid chmod parameter: '"
              + chmod
              + "'. it should be octal string and between 0 and 07777");
    }
  }
}
