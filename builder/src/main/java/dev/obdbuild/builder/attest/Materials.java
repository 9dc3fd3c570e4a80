package dev.obdbuild.builder.attest;

import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.pusher.attest.PackageUrl;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a result was made of, gathered step by step. Things that were used twice are told once. Not
 * thread-safe.
 */
final class Materials {

  /**
   * An image.
   *
   * @param local whether it comes from a layout of the client's
   */
  record Image(String reference, Optional<Platform> platform, String digest, boolean local) {}

  private final List<Image> images = new ArrayList<>();
  private final SortedMap<String, String> git = new TreeMap<>();
  private final SortedMap<String, String> http = new TreeMap<>();
  private final Set<String> locals = new TreeSet<>();
  private final SortedMap<String, Boolean> secrets = new TreeMap<>();
  private final SortedMap<String, Boolean> agents = new TreeMap<>();
  private boolean network;
  private boolean unknown;

  void image(Image image) {
    boolean known =
        images.stream()
            .anyMatch(
                it ->
                    it.reference.equals(image.reference)
                        && it.local == image.local
                        && same(it.platform, image.platform));
    if (!known) {
      images.add(image);
    }
  }

  private static boolean same(Optional<Platform> one, Optional<Platform> other) {
    return one.map(Materials::bare).equals(other.map(Materials::bare));
  }

  private static Platform bare(Platform platform) {
    Platform normal = platform.normalised();
    return new Platform(
        normal.os(), normal.architecture(), normal.variant(), normal.osVersion(), List.of());
  }

  /** A repository with its ref, and the commit it stood for; no password in it. */
  void git(String url, String commit) {
    git.putIfAbsent(url, commit);
  }

  /** A file; no password in its URL. */
  void http(String url, String digest) {
    http.putIfAbsent(url, digest);
  }

  void local(String name) {
    locals.add(name);
  }

  void secret(String id, boolean optional) {
    secrets.merge(id, optional, Boolean::logicalAnd);
  }

  void agent(String id, boolean optional) {
    agents.merge(id.isEmpty() ? "default" : id, optional, Boolean::logicalAnd);
  }

  /** A step could reach the network. */
  void network() {
    network = true;
  }

  /** A step used things that are not told here. */
  void unknown() {
    unknown = true;
  }

  /** Names of the client's folders. */
  Set<String> locals() {
    return locals;
  }

  SortedMap<String, Boolean> secrets() {
    return secrets;
  }

  SortedMap<String, Boolean> agents() {
    return agents;
  }

  /** Whether everything is told: the client's folders have no digest. */
  boolean complete() {
    return !unknown && locals.isEmpty();
  }

  /** Whether the result depends on nothing but what is told. */
  boolean hermetic() {
    return complete() && !network;
  }

  /** The commit of a repository with its ref, if it was used. */
  Optional<Map<String, String>> digestOf(String url) {
    return Optional.ofNullable(git.get(url))
        .map(Materials::commit)
        .or(() -> Optional.ofNullable(http.get(url)).map(Materials::digest));
  }

  /** Images, repositories and files as resource descriptors. */
  List<JsonWriter> dependencies() {
    List<JsonWriter> all = new ArrayList<>();
    for (Image image : told()) {
      String type = image.local ? "oci" : "docker";
      all.add(
          dependency(
              PackageUrl.ofImage(type, image.reference, image.platform),
              image.digest.isEmpty() ? Map.of() : digest(image.digest)));
    }
    git.forEach((url, commit) -> all.add(dependency(url, commit(commit))));
    http.forEach((url, digest) -> all.add(dependency(url, digest(digest))));
    return all;
  }

  /** An image that was asked for by name is not told again by the digest that it stood for. */
  private List<Image> told() {
    Set<String> named = new HashSet<>();
    for (Image image : images) {
      Reference reference = Reference.parseName(image.reference);
      if (reference.digest().isEmpty()) {
        named.add(name(reference));
      }
    }
    return images.stream()
        .filter(
            image -> {
              Reference reference = Reference.parseName(image.reference);
              return reference.digest().isEmpty() || !named.contains(name(reference));
            })
        .sorted(Comparator.comparing(Image::reference))
        .toList();
  }

  private static String name(Reference reference) {
    return reference.where() + ":" + reference.tag().orElse("latest");
  }

  private static JsonWriter dependency(String uri, Map<String, String> digest) {
    return new JsonWriter().always("uri", uri).map("digest", digest);
  }

  private static Map<String, String> commit(String commit) {
    return Map.of(commit.length() == 64 ? "sha256" : "sha1", commit);
  }

  private static Map<String, String> digest(String digest) {
    int colon = digest.indexOf(':');
    return Map.of(digest.substring(0, colon), digest.substring(colon + 1));
  }
}
