package dev.obdbuild.worker.source.git;

import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.OpProgress;
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

/** Work on one source with what its caller lends. One thread; to be closed. */
public final class GitSession implements AutoCloseable {

  private static final List<String> GITHUB =
      List.of("https://github.com/", "https://www.github.com/");

  private final GitSource source;
  private final Places places;
  private final Cancellation cancellation;
  private final GitProcess remote;
  private final GitProcess local;
  private final Optional<GitAccess.Agent> agent;

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
      GitEnvironment environment,
      Optional<GitAccess.Agent> agent,
      OpProgress progress,
      Cancellation cancellation) {
    this.agent = agent;
    this.source = source;
    this.places = places;
    this.cancellation = cancellation;
    this.local = new GitProcess(environment, progress, cancellation);
    this.remote =
        new GitProcess(environment.withOrigin(source.remote().url()), progress, cancellation);
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
    return new GitSession(source, places, environment, agent, progress, cancellation);
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

  /**
   * What the source's ref stands for now. Asks the remote unless the commit is told.
   *
   * @throws IOException naming remote and ref, when there is none or it is not the one expected
   */
  public GitCommit resolve() throws IOException {
    GitRemote at = source.remote();
    if (at.isCommit()) {
      GitCommit told = new GitCommit(at.ref(), at.ref(), "");
      LsRemote.check(told, source.checksum());
      return told;
    }
    if (source.fetchByCommit()) {
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
      return remote.run(new Call(places.temporary(), Map.of(), arguments));
    } catch (IOException e) {
      throw new IOException(
          "failed to fetch remote " + source.remote().shown() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes the commit's files into an empty folder: all of the repository, whatever the source's
   * subdirectory.
   *
   * @return the time of the commit
   */
  public Instant checkout(GitCommit commit, Path folder) throws IOException {
    boolean sha256 = commit.object().length() == 64;
    try (SharedRepository shared =
        SharedRepository.open(
            places.repositories(), source.remote(), sha256, remote, cancellation)) {
      shared.fetch(commit);
      GitCheckout checkout =
          new GitCheckout(shared, local, source.remote(), commit, !source.skipSubmodules());
      if (keepsGitDir()) {
        checkout.whole(folder);
      } else {
        checkout.plain(folder, places.temporary().resolve("meta"));
      }
      String seconds =
          shared.run("log", "-1", "--format=%ct", commit.object() + "^{commit}").strip();
      return Instant.ofEpochSecond(Long.parseLong(seconds));
    }
  }

  /** The objects of what {@link #resolve} found, fetched if they are not here. */
  public GitObjects objects(GitCommit found) throws IOException {
    boolean sha256 = found.object().length() == 64;
    try (SharedRepository shared =
        SharedRepository.open(
            places.repositories(), source.remote(), sha256, remote, cancellation)) {
      shared.fetch(found);
      return shared.objects(found);
    }
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
