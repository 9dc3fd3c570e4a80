package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Speaks with registries. All methods block and are safe to call from any thread; each repeats what
 * is worth repeating (see {@link RetryPolicy}) and throws a {@link RegistryException} in the end.
 * To be closed.
 */
public final class RegistryClient implements AutoCloseable {
  private final Transport transport;
  private final Manifests manifests;
  private final Referrers referrers;
  private final KnownBlobs known;
  private final WholeImages whole;

  public RegistryClient(RegistryConfig config, Credentials credentials) {
    this(new Transport(config, credentials), new KnownBlobs(), new WholeImages(System::nanoTime));
  }

  private RegistryClient(Transport transport, KnownBlobs known, WholeImages whole) {
    this.transport = transport;
    this.known = known;
    this.whole = whole;
    this.manifests = new Manifests(transport);
    this.referrers = new Referrers(transport, manifests);
  }

  /**
   * A client with other logins, and tokens of its own, over the connections of this one. Cheap;
   * works until this one is closed, and closing it closes nothing.
   */
  public RegistryClient with(Credentials credentials) {
    return new RegistryClient(transport.with(credentials), known, whole);
  }

  /**
   * A client with the same logins to which one registry may speak plain HTTP, or show any
   * certificate. Cheap; works until this one is closed, and closing it closes nothing.
   *
   * @param registry {@code host[:port]}
   */
  public RegistryClient insecure(String registry) {
    return new RegistryClient(transport.insecure(registry), known, whole);
  }

  /** What {@code reference} points to, a manifest or an index, verified by its digest. */
  public Resolved resolve(Reference reference) throws IOException {
    return manifests.resolve(reference);
  }

  /**
   * The manifest of {@code reference} for {@code platform}; indexes are followed.
   *
   * @throws RegistryException.NotFound if the image is not for that platform
   */
  public ImageManifest image(Reference reference, Platform platform) throws IOException {
    return manifests.image(reference, platform);
  }

  /** The bytes of the manifest or index {@code digest}. */
  public byte[] manifest(Repository repository, Digest digest) throws IOException {
    return manifests.fetch(repository, digest.toString()).body();
  }

  /**
   * A whole small blob, such as a config, verified. It may be one that was read before by this
   * client or one with other logins: so only for blobs that a manifest names which these logins may
   * read.
   *
   * @throws IllegalArgumentException if it is larger than {@link JsonReader#MAX_BYTES}
   */
  public byte[] smallBlob(Repository repository, Descriptor blob) throws IOException {
    if (blob.size() > JsonReader.MAX_BYTES) {
      throw new IllegalArgumentException(
          "blob " + blob.digest() + " of " + blob.size() + " bytes is not small");
    }
    Optional<byte[]> before = known.find(repository, blob.digest());
    if (before.isPresent()) {
      return before.get();
    }
    try (InputStream in = blob(repository, blob)) {
      byte[] read = in.readAllBytes();
      known.put(repository, blob.digest(), read);
      return read;
    }
  }

  /**
   * A whole blob. The stream goes on after a broken connection, and gives its end only when size
   * and digest are right. To be closed.
   */
  public InputStream blob(Repository repository, Descriptor blob) throws IOException {
    return new BlobStream(transport, repository, blob).open();
  }

  /**
   * The same of a blob of which only the digest is known.
   *
   * @throws RegistryException.NotFound if it is not there
   */
  public InputStream blob(Repository repository, Digest digest) throws IOException {
    long size = Blobs.size(transport, repository, digest);
    return blob(repository, new Descriptor("application/octet-stream", digest, size));
  }

  /** What this client, and those made by {@link #with}, do and have done with blobs. */
  public RegistryActivity activity() {
    return transport.activity();
  }

  /** Random access to a blob; asks nothing yet. */
  public BlobReader reader(Repository repository, Descriptor blob) {
    return new BlobReader(transport, repository, blob);
  }

  /** Whether {@code repository} itself, not a mirror, has the blob. */
  public boolean exists(Repository repository, Digest digest) throws IOException {
    return Blobs.exists(transport, repository, digest);
  }

  /** How many bytes the blob has where it is read from. */
  public long blobSize(Repository repository, Digest digest) throws IOException {
    return Blobs.size(transport, repository, digest);
  }

  /** Whether {@code repository} itself has the manifest. */
  public boolean manifestExists(Repository repository, Digest digest) throws IOException {
    return Blobs.manifestExists(transport, repository, digest);
  }

  /**
   * The digest of the manifest or index that a tag of {@code repository} itself, not of a mirror,
   * stands for; empty where there is no such tag, or the registry does not tell.
   */
  public Optional<Digest> tagged(Repository repository, String tag) throws IOException {
    return Blobs.tagged(transport, repository, tag);
  }

  /**
   * Notes, for this client and those made of it, that an image was found or put whole.
   *
   * @param root its manifest or index
   */
  public void sawWhole(Repository repository, Digest root) {
    whole.add(repository, root);
  }

  /**
   * Whether an image was noted as whole a few minutes ago at most: if its root is still there, its
   * blobs need not be asked for. Asks nothing.
   */
  public boolean wasWhole(Repository repository, Digest root) {
    return whole.has(repository, root);
  }

  /**
   * Makes the blob of {@code from} appear in {@code to} without moving bytes; both are on one
   * registry.
   *
   * @return false if the registry would not: the blob is to be uploaded
   */
  public boolean mount(Repository to, Digest digest, Repository from) throws IOException {
    if (!to.registry().equals(from.registry())) {
      throw new IllegalArgumentException(
          "cannot mount a blob of " + from + " in " + to + ", another registry");
    }
    Endpoint endpoint = transport.forWriting(to.registry());
    Request post =
        Request.of(
                "POST",
                to.name()
                    + "/blobs/uploads/?mount="
                    + digest.toString().replace(":", "%3A")
                    + "&from="
                    + from.name())
            .pushing(to.name())
            .pulling(from.name());
    return transport.call(
        endpoint,
        post,
        "mount of blob " + digest + " from " + from + " in " + to,
        response -> {
          if (response.status() == 201) {
            UploadSession.verify(response, digest);
            return true;
          }
          abandon(UploadSession.of(transport, endpoint, to, response));
          return false;
        });
  }

  private static void abandon(UploadSession session) throws IOException {
    try {
      session.cancel();
    } catch (RegistryException e) {
      // An upload nobody asked for was opened; that the registry keeps it until it tidies up harms
      // nobody.
      return;
    }
  }

  /**
   * Uploads {@code file} as {@code blob}, unless it is there already.
   *
   * @param progress told the bytes sent so far, never less than before; from another thread
   */
  public void push(Repository repository, Descriptor blob, Path file, LongConsumer progress)
      throws IOException {
    if (exists(repository, blob.digest())) {
      progress.accept(blob.size());
      return;
    }
    upload(repository, blob, file, progress);
  }

  /** The same of a blob that {@link #exists} has just said is not there. */
  public void upload(Repository repository, Descriptor blob, Path file, LongConsumer progress)
      throws IOException {
    new FileUpload(transport, repository, blob, file, progress).run();
  }

  /** Uploads some bytes, unless they are there already. */
  public void push(Repository repository, Digest digest, byte[] bytes) throws IOException {
    if (exists(repository, digest)) {
      return;
    }
    try (BlobUpload upload = startUpload(repository)) {
      upload.write(bytes, 0, bytes.length);
      upload.finish(digest);
    }
  }

  /** Starts an upload whose digest is not known yet. */
  public BlobUpload startUpload(Repository repository) throws IOException {
    return new BlobUpload(transport, repository);
  }

  /**
   * Stores a manifest or index under a tag or its digest. If it has a subject and the registry does
   * not keep referrers itself, the list of referrers is kept as a tag.
   */
  public void pushManifest(Repository repository, String tagOrDigest, String mediaType, byte[] body)
      throws IOException {
    boolean listed = manifests.push(repository, tagOrDigest, mediaType, body);
    if (!listed) {
      referrers.record(repository, mediaType, body);
    }
  }

  /**
   * The manifests that refer to {@code subject}, by the registry's own list or the list kept as a
   * tag.
   *
   * @param artifactType only those of this type; empty for all
   */
  public List<Descriptor> referrers(Repository repository, Digest subject, String artifactType)
      throws IOException {
    return referrers.of(repository, subject, artifactType);
  }

  @Override
  public void close() {
    transport.close();
  }
}
