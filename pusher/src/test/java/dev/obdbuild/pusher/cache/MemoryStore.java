package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Blobs in memory. */
final class MemoryStore implements ContentStore {

  final Map<Digest, byte[]> blobs = new LinkedHashMap<>();

  @Override
  public OptionalLong size(Digest digest) {
    return Optional.ofNullable(blobs.get(digest)).stream().mapToLong(b -> b.length).findFirst();
  }

  @Override
  public InputStream read(Digest digest, long offset, long length) {
    return new ByteArrayInputStream(
        blobs.getOrDefault(digest, new byte[0]), (int) offset, (int) length);
  }

  @Override
  public void write(Descriptor blob, InputStream bytes) throws IOException {
    blobs.put(blob.digest(), bytes.readAllBytes());
  }
}
