package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/** Manifests and indexes of registries. Thread-safe. */
final class Manifests {
  static final String ACCEPT =
      String.join(
          ", ",
          MediaTypes.OCI_INDEX,
          MediaTypes.DOCKER_INDEX,
          MediaTypes.OCI_MANIFEST,
          MediaTypes.DOCKER_MANIFEST);

  /** Indexes may point to indexes; no deeper than this. */
  private static final int MAX_DEPTH = 3;

  private final Transport transport;

  Manifests(Transport transport) {
    this.transport = transport;
  }

  Resolved resolve(Reference reference) throws IOException {
    Fetched fetched = fetch(reference.where(), reference.tagOrDigest());
    Descriptor descriptor =
        new Descriptor(fetched.mediaType(), fetched.digest(), fetched.body().length);
    return new Resolved(reference.withDigest(fetched.digest()), descriptor, fetched.body());
  }

  ImageManifest image(Reference reference, Platform platform) throws IOException {
    Resolved root = resolve(reference);
    Descriptor at = root.descriptor();
    byte[] body = root.body();
    for (int depth = 0; MediaTypes.isIndex(at.mediaType()); depth++) {
      Index index = Index.parse(body, reference.where() + "@" + at.digest());
      Optional<Descriptor> chosen = index.choose(platform);
      if (chosen.isEmpty() || depth == MAX_DEPTH) {
        throw new RegistryException.NotFound(
            "image "
                + reference
                + " has no manifest for platform "
                + platform
                + ", only for "
                + platforms(index),
            reference.toString(),
            0,
            List.of());
      }
      at = chosen.get();
      Fetched fetched = fetch(reference.where(), at.digest().toString());
      body = fetched.body();
      at = at.withMediaType(fetched.mediaType());
    }
    Manifest manifest = Manifest.parse(body, reference.where() + "@" + at.digest());
    return new ImageManifest(root.reference(), root.descriptor(), at, body, manifest);
  }

  private static String platforms(Index index) {
    List<String> names =
        index.manifests().stream()
            .flatMap(m -> m.platform().stream())
            .map(Platform::format)
            .filter(name -> !name.equals("unknown/unknown"))
            .distinct()
            .toList();
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  record Fetched(String mediaType, Digest digest, byte[] body) {}

  /**
   * The manifest or index under a tag or digest, verified by the digest asked for or the one that
   * the registry tells.
   */
  Fetched fetch(Repository repository, String tagOrDigest) throws IOException {
    return transport.reading(
        repository.registry(), endpoint -> fetch(endpoint, repository, tagOrDigest));
  }

  /** The same from one host. */
  Fetched fetch(Endpoint endpoint, Repository repository, String tagOrDigest) throws IOException {
    Request get =
        Request.get(repository.name() + "/manifests/" + tagOrDigest)
            .header("Accept", ACCEPT)
            .pulling(repository.name());
    String what = "manifest " + repository + (tagOrDigest.contains(":") ? "@" : ":") + tagOrDigest;
    return transport.call(endpoint, get, what, response -> read(response, tagOrDigest, what));
  }

  private static Fetched read(Response response, String tagOrDigest, String what)
      throws IOException {
    byte[] body = response.body().readNBytes(JsonReader.MAX_BYTES + 1);
    String url = Failures.shown(response.uri());
    if (body.length > JsonReader.MAX_BYTES) {
      throw new RegistryException.Rejected(
          what + " is larger than the limit of " + JsonReader.MAX_BYTES + " bytes (" + url + ")",
          url,
          response.status(),
          List.of());
    }
    long told = response.headers().firstValueAsLong("Content-Length").orElse(body.length);
    if (told != body.length) {
      throw new IOException("the answer ended after " + body.length + " of " + told + " bytes");
    }
    Optional<Digest> wanted =
        digest(
            tagOrDigest.contains(":")
                ? tagOrDigest
                : response.header("Docker-Content-Digest").orElse(""));
    Digest found =
        wanted.isPresent() ? wanted.get().finish(hashed(wanted.get(), body)) : Digest.sha256(body);
    if (wanted.isPresent() && !wanted.get().equals(found)) {
      throw new RegistryException.DigestMismatch(
          what
              + " has other bytes: "
              + wanted.get()
              + " was expected, their digest is "
              + found
              + " ("
              + url
              + ")",
          url);
    }
    return new Fetched(mediaType(body, response, what), found, body);
  }

  private static MessageDigest hashed(Digest digest, byte[] body) {
    MessageDigest hash = digest.newHash();
    hash.update(body);
    return hash;
  }

  /** A digest of a header or a reference; empty for none, and for one of an unknown algorithm. */
  static Optional<Digest> digest(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(text));
    } catch (IllegalArgumentException e) {
      // An algorithm that we do not know, told in a header: nothing to compare with.
      return Optional.empty();
    }
  }

  private static String mediaType(byte[] body, Response response, String what) throws IOException {
    JsonReader json = JsonReader.parse(body, what);
    Optional<String> inside = json.optionalString("mediaType").filter(type -> !type.isEmpty());
    String outside = response.header("Content-Type").orElse("").split(";", 2)[0].strip();
    if (json.integer("schemaVersion", 2) == 1) {
      throw json.malformed("manifests of schema version 1 are not supported");
    }
    return inside.orElse(
        MediaTypes.isIndex(outside) || MediaTypes.isManifest(outside)
            ? outside
            : json.has("manifests") ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST);
  }

  /**
   * @return whether the registry keeps the list of referrers, or there is no subject
   */
  boolean push(Repository repository, String tagOrDigest, String mediaType, byte[] body)
      throws IOException {
    boolean subject = JsonReader.parse(body, "manifest for " + repository).has("subject");
    Request put =
        Request.of("PUT", repository.name() + "/manifests/" + tagOrDigest)
            .header("Content-Type", mediaType)
            .pushing(repository.name())
            .body(body);
    String what =
        "push of manifest " + repository + (tagOrDigest.contains(":") ? "@" : ":") + tagOrDigest;
    return transport.call(
        transport.forWriting(repository.registry()),
        put,
        what,
        response -> {
          UploadSession.verify(response, Digest.sha256(body));
          return !subject || response.header("OCI-Subject").isPresent();
        });
  }
}
