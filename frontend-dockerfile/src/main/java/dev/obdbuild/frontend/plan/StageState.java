package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.parse.Instruction;
import dev.obdbuild.frontend.parse.Origin;
import dev.obdbuild.frontend.parse.Stage;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One stage while it is planned. A hidden stage is an image (or nothing) that COPY or a mount names
 * directly; it has no instructions.
 */
final class StageState {
  static final String SCRATCH = "scratch";

  final Optional<Stage> stage;
  final Lines lines;

  /** The image or stage it starts from, expanded. */
  final String baseName;

  /** What it is called in step names; empty in a file with one stage. */
  String displayName;

  Optional<StageState> base = Optional.empty();
  Optional<Platform> platform = Optional.empty();

  /** Stages it copies from or mounts, each with the first instruction that says so. */
  final Map<StageState, Lines> dependencies = new LinkedHashMap<>();

  List<Planned> instructions = new ArrayList<>();
  boolean registered;
  boolean baseTriggersTaken;
  boolean resolved;
  boolean evaluated;
  boolean noCache;
  boolean showPlatform;
  int stepTotal;
  int stepIndex;

  /** The context that the user put in its place: its instructions are not carried out. */
  Optional<NamedContext> replacement = Optional.empty();

  /** What it starts from, if that is neither a stage nor an image of a registry. */
  Optional<Tree> tree = Optional.empty();

  /** What is used of {@link #tree}, absolute; stages on top of this one add to it. */
  Set<String> paths = new TreeSet<>();

  /** The image it starts from as a pinned reference; empty if it starts from nothing. */
  Optional<String> image = Optional.empty();

  /** What its FROM is called as a step. */
  String fromName = "";

  Optional<ImageConfig> baseImage = Optional.empty();
  @org.jspecify.annotations.Nullable ImageDraft draft;
  EnvList env = new EnvList();
  String dir = "/";
  List<Instruction.Argument> buildArgs = new ArrayList<>();
  boolean workdirSet;

  /** What of its kind it has had so far. */
  final List<Origin> cmd = new ArrayList<>();

  final List<Origin> entrypoint = new ArrayList<>();
  final List<Origin> healthcheck = new ArrayList<>();

  final StageOutline outline = new StageOutline();
  final List<Step> steps = new ArrayList<>();
  final Set<String> contextPaths = new TreeSet<>();

  /**
   * An instruction in its stage.
   *
   * @param sources for COPY one stage or none; for RUN one entry per mount
   */
  record Planned(Instruction instruction, List<Optional<StageState>> sources, boolean trigger) {}

  StageState(Optional<Stage> stage, Lines lines, String baseName, String displayName) {
    this.stage = stage;
    this.lines = lines;
    this.baseName = baseName;
    this.displayName = displayName;
  }

  /** A stage that no FROM names. */
  static StageState hidden(String baseName, Lines lines) {
    return new StageState(Optional.empty(), lines, baseName, "");
  }

  boolean isHidden() {
    return stage.isEmpty();
  }

  boolean isScratch() {
    return baseName.equals(SCRATCH) && replacement.isEmpty();
  }

  /** Whether there is neither an image nor a context below its first step. */
  boolean isOnNothing() {
    StageState root = this;
    while (root.base.isPresent()) {
      root = root.base.get();
    }
    return root.image.isEmpty() && root.tree.isEmpty();
  }

  /** Whether its files are made elsewhere, so that it has no instructions to carry out. */
  boolean isGiven() {
    return isHidden() || replacement.isPresent();
  }

  /** How its image writes paths; known once its base is. */
  PathStyle pathStyle() {
    return platform.map(PathStyle::of).orElse(PathStyle.UNIX);
  }

  ImageDraft draft() {
    ImageDraft current = draft;
    if (current == null) {
      throw new IllegalStateException("stage " + displayName + " has no image yet");
    }
    return current;
  }
}
