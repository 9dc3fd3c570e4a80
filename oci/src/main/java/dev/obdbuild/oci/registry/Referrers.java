package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Who refers to a manifest: by the registry's own list, or by an index kept under a tag made of the
 * digest.
 */
final class Referrers {
  private final Transport transport;
  private final Manifests manifests;

  Referrers(Transport transport, Manifests manifests) {
    this.transport = transport;
    this.manifests = manifests;
  }

  List<Descriptor> of(Repository repository, Digest subject, String artifactType)
      throws IOException {
    String filter =
        artifactType.isEmpty()
            ? ""
            : "?artifactType=" + URLEncoder.encode(artifactType, StandardCharsets.UTF_8);
    Request get =
        Request.get(repository.name() + "/referrers/" + subject + filter)
            .header("Accept", MediaTypes.OCI_INDEX)
            .pulling(repository.name());
    return asked(repository, subject, get).stream()
        .filter(
            d ->
                artifactType.isEmpty() || d.artifactType().filter(artifactType::equals).isPresent())
        .toList();
  }

  /**
   * What the first host that knows some tells: mirrors, then the registry itself. Where a mirror
   * knows of none and the registry cannot be reached, there are none: behind a mirror often nothing
   * else can be.
   */
  private List<Descriptor> asked(Repository repository, Digest subject, Request get)
      throws IOException {
    try {
      return transport.reading(
          repository.registry(),
          endpoint -> {
            List<Descriptor> told = told(endpoint, repository, subject, get);
            if (told.isEmpty() && transport.isMirror(repository.registry(), endpoint)) {
              throw new RegistryException.NotFound(
                  "no referrers of " + repository + "@" + subject + " at " + endpoint.base(),
                  Failures.shown(endpoint.base()),
                  0,
                  List.of());
            }
            return told;
          });
    } catch (RegistryException.Unavailable e) {
      if (Arrays.stream(e.getSuppressed()).anyMatch(RegistryException.NotFound.class::isInstance)) {
        return List.of();
      }
      throw e;
    }
  }

  private List<Descriptor> told(
      Endpoint endpoint, Repository repository, Digest subject, Request get) throws IOException {
    String what = "referrers of " + repository + "@" + subject;
    try {
      return transport.call(
          endpoint,
          get,
          what,
          response ->
              Index.parse(response.body().readNBytes(JsonReader.MAX_BYTES + 1), what).manifests());
    } catch (RegistryException.NotFound | RegistryException.Rejected e) {
      // A registry from before the referrers API.
      return tagged(endpoint, repository, subject);
    }
  }

  private static String tag(Digest subject) {
    return subject.algorithm() + "-" + subject.hex();
  }

  private List<Descriptor> tagged(Endpoint endpoint, Repository repository, Digest subject)
      throws IOException {
    try {
      byte[] body = manifests.fetch(endpoint, repository, tag(subject)).body();
      return Index.parse(body, "referrers of " + repository + "@" + subject).manifests();
    } catch (RegistryException.NotFound e) {
      return List.of();
    }
  }

  /** Adds a pushed manifest to the list kept as a tag. */
  void record(Repository repository, String mediaType, byte[] body) throws IOException {
    String what = "manifest for " + repository;
    boolean index = MediaTypes.isIndex(mediaType);
    Descriptor subject =
        (index ? Index.parse(body, what).subject() : Manifest.parse(body, what).subject())
            .orElseThrow();
    Descriptor referrer = describe(mediaType, body, index, what);
    // What is written there is what is read there: a mirror may be behind.
    Endpoint own = transport.forWriting(repository.registry());
    List<Descriptor> all = new ArrayList<>(tagged(own, repository, subject.digest()));
    if (all.stream().anyMatch(known -> known.digest().equals(referrer.digest()))) {
      return;
    }
    all.add(referrer);
    manifests.push(
        repository, tag(subject.digest()), MediaTypes.OCI_INDEX, new Index(all).toJson());
  }

  private static Descriptor describe(String mediaType, byte[] body, boolean index, String what)
      throws IOException {
    Descriptor plain = Descriptor.of(mediaType, body);
    if (index) {
      Index parsed = Index.parse(body, what);
      Descriptor described = plain.withAnnotations(parsed.annotations());
      return parsed.artifactType().map(described::withArtifactType).orElse(described);
    }
    Manifest parsed = Manifest.parse(body, what);
    return plain
        .withAnnotations(parsed.annotations())
        .withArtifactType(parsed.artifactType().orElse(parsed.config().mediaType()));
  }
}
