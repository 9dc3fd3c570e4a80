package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.pusher.attest.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is attested about an image, in the form in which Docker's and BuildKit's tools look for it:
 * a manifest beside the image's in its index, of no platform, with one layer for each statement.
 *
 * @param blobs config and statements
 * @param manifest its descriptor names the image it belongs to
 */
record AttestationManifest(List<Document> blobs, Document manifest) {

  private static final String STATEMENT_TYPE = "application/vnd.in-toto+json";
  private static final String ARTIFACT = "application/vnd.docker.attestation.manifest.v1+json";
  private static final Platform NOWHERE = new Platform("unknown", "unknown");

  /**
   * @param image the manifest that is attested about
   * @param names subjects under which the image is told
   * @param artifact whether it is an artifact that refers to the image, or is shaped like an image
   */
  static AttestationManifest of(
      Descriptor image, List<Attestation> attestations, List<Subject> names, boolean artifact)
      throws IOException {
    List<Document> statements = new ArrayList<>();
    for (Attestation attestation : attestations) {
      Document plain = Document.of(STATEMENT_TYPE, attestation.statement(names));
      Map<String, String> type = Map.of("in-toto.io/predicate-type", attestation.predicateType());
      statements.add(new Document(plain.descriptor().withAnnotations(type), plain.bytes()));
    }
    List<Descriptor> layers = statements.stream().map(Document::descriptor).toList();
    Document config =
        artifact
            ? Document.of(MediaTypes.OCI_EMPTY, "{}".getBytes(StandardCharsets.UTF_8))
            : Document.of(MediaTypes.OCI_CONFIG, config(layers));
    byte[] manifest =
        artifact
            ? artifact(config.descriptor(), layers, image)
            : new Manifest(config.descriptor(), layers).toJson();
    Descriptor descriptor =
        Descriptor.of(MediaTypes.OCI_MANIFEST, manifest)
            .withPlatform(NOWHERE)
            .withAnnotations(
                Map.of(
                    "vnd.docker.reference.type",
                    "attestation-manifest",
                    "vnd.docker.reference.digest",
                    image.digest().toString()));
    List<Document> blobs = new ArrayList<>(statements);
    blobs.add(config);
    return new AttestationManifest(blobs, new Document(descriptor, manifest));
  }

  private static byte[] config(List<Descriptor> layers) {
    List<String> diffIds = layers.stream().map(Descriptor::digest).map(Digest::toString).toList();
    return new JsonWriter()
        .always("architecture", NOWHERE.architecture())
        .always("os", NOWHERE.os())
        .object("config", new JsonWriter())
        .object(
            "rootfs", new JsonWriter().always("type", "layers").alwaysStrings("diff_ids", diffIds))
        .toBytes();
  }

  /** A manifest whose config, the two bytes of an empty object, stands in its descriptor. */
  private static byte[] artifact(Descriptor config, List<Descriptor> layers, Descriptor image) {
    JsonWriter empty =
        new JsonWriter()
            .always("mediaType", config.mediaType())
            .always("digest", config.digest().toString())
            .alwaysInteger("size", config.size())
            .always("data", "e30=");
    Descriptor subject = new Descriptor(image.mediaType(), image.digest(), image.size());
    String list = String.join(",", layers.stream().map(Descriptor::toJson).toList());
    return new JsonWriter()
        .alwaysInteger("schemaVersion", 2)
        .always("mediaType", MediaTypes.OCI_MANIFEST)
        .always("artifactType", ARTIFACT)
        .object("config", empty)
        .raw("layers", "[" + list + "]")
        .raw("subject", subject.toJson())
        .toBytes();
  }
}
