package dev.obdbuild.worker.source.git;

import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.worker.source.blob.BlobSource;
import dev.obdbuild.worker.source.git.GitProcess.Call;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Work on one source with what its caller lends. One thread; to be closed. */
public final class GitSession implements AutoCloseable {

  private static final List<String> GITHUB =
      List.of("https://github.com/", "https://www.github.com/");

  private static final String BUNDLE = "bundle";

  private final GitSource source;
  private final Places places;
  private final GitAccess access;
  private final GitEnvironment environment;
  private final OpProgress progress;
  private final Cancellation cancellation;
  private final GitProcess local;
  private final Optional<GitAccess.Agent> agent;
  private @Nullable StagedBundle staged;

  /**
   * Where files go.
   *
   * @param repositories what is kept for later builds
   * @param temporary exists, is empty and is deleted by its owner after the session
   */
  public record Places(GitRepositories repositories, Path temporary) {}

  private GitSession(
      GitSource source,
      Places places,
      GitAccess access,
      GitEnvironment environment,
      Optional<GitAccess.Agent> agent,
      OpProgress progress,
      Cancellation cancellation) {
    this.agent = agent;
    this.source = source;
    this.places = places;
    this.access = access;
    this.environment = environment;
    this.progress = progress;
    this.cancellation = cancellation;
    this.local = new GitProcess(environment, progress, cancellation);
  }

  /**
   * Begins to work; secrets and the agent are asked for now.
   *
   * @throws IOException when the caller does not lend the agent that is asked for
   */
  public static GitSession open(
      GitSource source,
      Places places,
      GitAccess access,
      OpProgress progress,
      Cancellation cancellation)
      throws IOException {
    GitEnvironment environment = new GitEnvironment();
    if (!source.knownHosts().isEmpty()) {
      Path hosts = places.temporary().resolve("known_hosts");
      Files.writeString(hosts, source.knownHosts());
      environment.ssh(Optional.of(hosts));
    }
    authorize(source, access, environment);
    Optional<GitAccess.Agent> agent =
        source.agent().isEmpty() ? Optional.empty() : Optional.of(access.agent(source.agent()));
    agent.ifPresent(lent -> environment.agent(lent.socket()));
    return new GitSession(source, places, access, environment, agent, progress, cancellation);
  }

  /** Secrets of the remote's host come before those of any host. */
  private static void authorize(GitSource source, GitAccess access, GitEnvironment environment)
      throws IOException {
    for (String suffix : List.of("." + source.remote().host(), "")) {
      Optional<String> header = secret(access, source.authHeaderSecret(), suffix);
      if (header.isEmpty()) {
        header = secret(access, source.authTokenSecret(), suffix).map(GitEnvironment::basic);
      }
      if (header.isPresent()) {
        environment.authorization(scope(source.remote().url()), header.get());
        return;
      }
    }
  }

  private static Optional<String> secret(GitAccess access, String name, String suffix)
      throws IOException {
    return name.isEmpty()
        ? Optional.empty()
        : access
            .secret(name + suffix)
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
  }

  /** The remote itself; all of GitHub when it is there, for submodules, as GitHub's action does. */
  private static String scope(String url) {
    String lower = url.toLowerCase(Locale.ROOT);
    return GITHUB.stream().filter(lower::startsWith).findFirst().orElse(url);
  }

  /** git that knows the remote, or what is fetched from instead, as {@code origin}. */
  private GitProcess origin() throws IOException {
    return new GitProcess(
        source.bundle().isPresent()
            ? environment.withOrigin(staged(source.bundle().get()))
            : environment.withOrigin(source.remote().url()),
        progress,
        cancellation);
  }

  /** Only when something of it is needed: it may be here already. */
  private StagedBundle staged(BlobSource bundle) throws IOException {
    StagedBundle known = staged;
    if (known == null) {
      known = StagedBundle.of(bundle, access, local, places.temporary(), source.checksum());
      staged = known;
    }
    return known;
  }

  /**
   * What the source's ref stands for now, signed as the source demands. Asks the remote unless the
   * commit is told, and fetches it if its signature counts.
   *
   * @throws IOException naming remote and ref, when there is none, it is not the one expected or
   *     not signed
   */
  public GitCommit resolve() throws IOException {
    // A bundle that must be opened to know the ref is fetched from at once, not opened twice.
    boolean opensBundle =
        source.bundle().isPresent()
            && !source.remote().ref().isEmpty()
            && !source.remote().isCommit();
    return source.signatures().isPresent() || opensBundle ? objects().found() : find();
  }

  private GitCommit find() throws IOException {
    GitRemote at = source.remote();
    if (source.bundle().isPresent() && at.ref().isEmpty()) {
      String commit =
          GitRemote.isCommit(source.checksum())
              ? source.checksum()
              : staged(source.bundle().get()).commit(local, source.checksum());
      return new GitCommit(commit, commit, "");
    }
    if (at.isCommit()) {
      GitCommit told = new GitCommit(at.ref(), at.ref(), "");
      LsRemote.check(told, source.checksum());
      return told;
    }
    if (source.fetchByCommit() && source.bundle().isEmpty()) {
      return byCommit();
    }
    String ref = at.ref();
    if (ref.isEmpty()) {
      ref = LsRemote.defaultBranch(ask(List.of("--symref"), "HEAD"), at);
    }
    return LsRemote.choose(ask(List.of(), ref, ref + "^{}"), ref, at, source.checksum());
  }

  private GitCommit byCommit() throws IOException {
    String checksum = source.checksum();
    if (!GitRemote.isCommit(checksum)) {
      throw new IOException(
          "fetch-by-commit of "
              + source.remote().shown()
              + " requires a full commit SHA checksum, got \""
              + checksum
              + "\"");
    }
    String ref = source.remote().ref();
    String full = ref.isEmpty() || ref.startsWith("refs/") ? ref : "refs/heads/" + ref;
    return new GitCommit(full.isEmpty() ? checksum : full, checksum, "");
  }

  private String ask(List<String> options, String... refs) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("ls-remote"));
    arguments.addAll(options);
    arguments.add("origin");
    arguments.addAll(List.of(refs));
    try {
      return origin().run(new Call(places.temporary(), Map.of(), arguments));
    } catch (IOException e) {
      throw new IOException(
          "failed to fetch remote " + source.remote().shown() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes the commit's files into an empty folder: all of the repository, whatever the source's
   * subdirectory; or the one file {@code bundle}.
   *
   * @return the time of the commit
   */
  public Instant checkout(GitCommit commit, Path folder) throws IOException {
    boolean sha256 = commit.object().length() == 64;
    try (SharedRepository shared =
        SharedRepository.open(
            places.repositories(), source.remote(), sha256, local, cancellation)) {
      shared.fetch(commit, this::origin);
      GitCheckout checkout =
          new GitCheckout(shared, local, source.remote(), commit, !source.skipSubmodules());
      if (source.asBundle()) {
        shared.fetchHistory(commit, this::origin);
        checkout.bundle(folder, BUNDLE, source.bundledRef(commit), places.temporary());
      } else if (keepsGitDir()) {
        checkout.whole(folder);
      } else {
        checkout.plain(folder, places.temporary().resolve("meta"));
      }
      String seconds =
          shared.run("log", "-1", "--format=%ct", commit.object() + "^{commit}").strip();
      return Instant.ofEpochSecond(Long.parseLong(seconds));
    }
  }

  /** The objects of what {@link #resolve} finds, fetched if they are not here. */
  public GitObjects objects() throws IOException {
    GitCommit found = find();
    boolean sha256 = found.object().length() == 64;
    GitObjects objects;
    try (SharedRepository shared =
        SharedRepository.open(
            places.repositories(), source.remote(), sha256, local, cancellation)) {
      shared.fetch(found, this::origin);
      objects = shared.objects(found);
    }
    if (source.signatures().isPresent()) {
      source.signatures().get().verify(objects);
    }
    return objects;
  }

  /** Whether the files come with their {@code .git}: that of a subdirectory would be none. */
  public boolean keepsGitDir() {
    return source.keepGitDir() && source.remote().subdir().isEmpty();
  }

  @Override
  public void close() throws IOException {
    if (agent.isPresent()) {
      agent.get().close();
    }
  }
}
