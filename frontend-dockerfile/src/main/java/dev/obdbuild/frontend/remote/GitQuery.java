package dev.obdbuild.frontend.remote;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.GoBool;
import dev.obdbuild.oci.json.GoQuote;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects what the query of a repository's address says beside its fragment. */
final class GitQuery {
  private static final Set<String> SWITCHES =
      Set.of("submodules", "keep-git-dir", "fetch-by-commit");

  private String ref;
  private String folder;
  private String tag = "";
  private String branch = "";
  private String checksum = "";
  private String modificationTime = "";
  private Optional<Boolean> keepGitDir = Optional.empty();
  private Optional<Boolean> submodules = Optional.empty();
  private boolean fetchByCommit;

  /** A query beside a fragment that says this. */
  GitQuery(String ref, String folder) {
    this.ref = ref;
    this.folder = folder;
  }

  void read(String query) throws DockerfileException {
    Map<String, String> options = new LinkedHashMap<>();
    if (!query.isEmpty()) {
      for (String pair : query.split("&")) {
        String[] parts = pair.split("=", 2);
        String name = decoded(parts[0]);
        if (options.put(name, parts.length < 2 ? "" : decoded(parts[1])) != null) {
          throw new DockerfileException("query " + GoQuote.quote(name) + " has multiple values");
        }
      }
    }
    for (Map.Entry<String, String> option : options.entrySet()) {
      read(option.getKey(), option.getValue());
    }
    named();
  }

  private static String decoded(String text) throws DockerfileException {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw DockerfileException.of("invalid query " + GoQuote.quote(text), e);
    }
  }

  private void read(String name, String value) throws DockerfileException {
    if (value.isEmpty() && !SWITCHES.contains(name)) {
      throw new DockerfileException("query " + GoQuote.quote(name) + " has no value");
    }
    switch (name) {
      case "ref" -> ref = agreed("ref", ref, value);
      case "tag" -> tag = value;
      case "branch" -> branch = value;
      case "subdir" -> folder = agreed("subdir", folder, value);
      case "checksum", "commit" -> checksum = value;
      case "keep-git-dir" -> keepGitDir = Optional.of(bool(name, value));
      case "submodules" -> submodules = Optional.of(bool(name, value));
      case "fetch-by-commit" -> fetchByCommit = bool(name, value);
      case "mtime" -> {
        if (!value.equals("checkout") && !value.equals("commit")) {
          throw new DockerfileException(
              "invalid mtime value: "
                  + GoQuote.quote(value)
                  + " (must be \"checkout\" or \"commit\")");
        }
        modificationTime = value;
      }
      default -> throw new DockerfileException("unexpected query " + GoQuote.quote(name));
    }
  }

  private static String agreed(String what, String known, String value) throws DockerfileException {
    if (!known.isEmpty() && !known.equals(value)) {
      throw new DockerfileException(
          what + " conflicts: " + GoQuote.quote(known) + " vs " + GoQuote.quote(value));
    }
    return value;
  }

  private static boolean bool(String name, String value) throws DockerfileException {
    return value.isEmpty()
        || GoBool.parse(value)
            .orElseThrow(
                () ->
                    new DockerfileException("invalid " + name + " value: " + GoQuote.quote(value)));
  }

  /** A tag and a branch are refs with their folder in front. */
  private void named() throws DockerfileException {
    if (!tag.isEmpty()) {
      ref = agreed("ref", ref, prefixed("refs/tags/", tag));
    }
    if (!branch.isEmpty()) {
      if (!tag.isEmpty()) {
        throw new DockerfileException("branch conflicts with tag");
      }
      ref = agreed("ref", ref, prefixed("refs/heads/", branch));
    }
  }

  private static String prefixed(String prefix, String name) {
    return name.startsWith(prefix) ? name : prefix + name;
  }

  String ref() {
    return ref;
  }

  String folder() {
    return folder;
  }

  String checksum() {
    return checksum;
  }

  String modificationTime() {
    return modificationTime;
  }

  Optional<Boolean> keepGitDir() {
    return keepGitDir;
  }

  Optional<Boolean> submodules() {
    return submodules;
  }

  boolean fetchByCommit() {
    return fetchByCommit;
  }
}
