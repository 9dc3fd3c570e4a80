package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Blobs in a folder, as a client keeps them. */
record FolderStore(Path folder) implements ContentStore {

  private Path file(Digest digest) {
    return folder.resolve(digest.hex());
  }

  @Override
  public OptionalLong size(Digest digest) throws IOException {
    Path file = file(digest);
    return Files.exists(file) ? OptionalLong.of(Files.size(file)) : OptionalLong.empty();
  }

  @Override
  public InputStream read(Digest digest, long offset, long length) throws IOException {
    InputStream in = Files.newInputStream(file(digest));
    in.skipNBytes(offset);
    return in;
  }

  @Override
  public void write(Descriptor blob, InputStream bytes) throws IOException {
    if (!Files.exists(file(blob.digest()))) {
      Files.copy(bytes, file(blob.digest()));
    }
  }
}
