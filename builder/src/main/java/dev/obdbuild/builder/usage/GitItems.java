package dev.obdbuild.builder.usage;

import dev.obdbuild.worker.source.git.GitRepositories;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Repositories that git sources were fetched into. */
public final class GitItems implements UsageSource {

  private final GitRepositories repositories;

  public GitItems(GitRepositories repositories) {
    this.repositories = repositories;
  }

  @Override
  public List<UsageItem> list() throws IOException {
    return repositories.list().stream()
        .map(
            kept ->
                UsageItem.alone(
                    id(kept),
                    UsageKind.GIT,
                    "shared git repo for " + kept.remote(),
                    kept.bytes(),
                    new UsageItem.Times(kept.created(), Optional.of(kept.lastUsed())),
                    kept.inUse()))
        .toList();
  }

  @Override
  public List<UsageItem> remove(List<UsageItem> items) throws IOException {
    Set<String> wanted = items.stream().map(UsageItem::id).collect(Collectors.toSet());
    Set<String> gone = new HashSet<>();
    for (GitRepositories.Kept kept : repositories.list()) {
      if (wanted.contains(id(kept)) && repositories.remove(kept)) {
        gone.add(id(kept));
      }
    }
    return items.stream().filter(item -> gone.contains(item.id())).toList();
  }

  private static String id(GitRepositories.Kept kept) {
    return "git-" + kept.home().getFileName();
  }
}
