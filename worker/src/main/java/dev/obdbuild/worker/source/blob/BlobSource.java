package dev.obdbuild.worker.source.blob;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.solver.Cancellation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.function.LongConsumer;

/**
 * A blob of a repository, or of an OCI layout that the build's caller lends.
 *
 * @param identifier with its scheme, as errors name it
 * @param reference the repository, or the layout's name, with the digest
 * @param inLayout whether it is in a layout
 * @param session whose layout it is; empty for the build's own session
 * @param store name of the layout as its session knows it; empty if none is told
 */
public record BlobSource(
    String identifier,
    Reference reference,
    Digest digest,
    boolean inLayout,
    String session,
    String store) {

  /** Scheme of a blob in a repository. */
  public static final String IN_REGISTRY = "docker-image+blob";

  /** Scheme of a blob in a layout. */
  public static final String IN_LAYOUT = "oci-layout+blob";

  private static final int COPY_BYTES = 1 << 16;

  /**
   * The blob that an identifier names.
   *
   * @throws IOException naming it, when it is none
   */
  public static BlobSource of(SourceOp op) throws IOException {
    if (!op.scheme().equals(IN_REGISTRY) && !op.scheme().equals(IN_LAYOUT)) {
      throw new IOException(
          "%s: scheme \"%s\" is not supported; expected \"%s\" or \"%s\""
              .formatted(op.identifier(), op.scheme(), IN_REGISTRY, IN_LAYOUT));
    }
    Reference reference;
    try {
      reference = Reference.parseName(op.location());
    } catch (IllegalArgumentException e) {
      throw new IOException(op.identifier() + ": " + e.getMessage(), e);
    }
    return new BlobSource(
        op.identifier(),
        reference,
        reference
            .digest()
            .orElseThrow(() -> new IOException(op.identifier() + ": a blob needs a digest")),
        op.scheme().equals(IN_LAYOUT),
        op.attrs().getOrDefault(SourceAttr.OCI_SESSION, ""),
        op.attrs().getOrDefault(SourceAttr.OCI_STORE, ""));
  }

  /** The same in a store of that name, unless it is said where it is. */
  public BlobSource inStoreOr(String other) {
    return store.isEmpty()
        ? new BlobSource(identifier, reference, digest, inLayout, session, other)
        : this;
  }

  /**
   * Writes the blob's bytes to a file.
   *
   * @param in the bytes as they come; not closed
   * @param copied told how many bytes there are so far
   * @throws IOException also when the bytes are not those of the digest
   */
  public void copy(InputStream in, Path target, LongConsumer copied, Cancellation cancellation)
      throws IOException {
    MessageDigest hash = digest.newHash();
    try (OutputStream out = Files.newOutputStream(target)) {
      byte[] buffer = new byte[COPY_BYTES];
      long total = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        cancellation.throwIfCancelled();
        hash.update(buffer, 0, n);
        out.write(buffer, 0, n);
        total += n;
        copied.accept(total);
      }
    }
    Digest found = digest.finish(hash);
    if (!found.equals(digest)) {
      throw new IOException(
          "digest mismatch for " + identifier + ": " + found + " (expected: " + digest + ")");
    }
  }
}
