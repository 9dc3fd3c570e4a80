package dev.obdbuild.backstore.remote;

import dev.obdbuild.backstore.cache.RemoteFile;
import dev.obdbuild.oci.registry.BlobReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;

/**
 * One blob of a registry, every read a request. Time limits, retries and redirects are the registry
 * client's. Segments to be filled must be writable by any thread.
 */
final class RemoteBlob implements RemoteFile {

  private final BlobReader reader;
  private final String name;
  private final LongAdder fetched;

  RemoteBlob(BlobReader reader, String name, LongAdder fetched) {
    this.reader = reader;
    this.name = name;
    this.fetched = fetched;
  }

  @Override
  public long size() {
    return reader.size();
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    reader.read(offset, dst);
    fetched.add(dst.byteSize());
  }

  @Override
  public String answeredBy() {
    return reader.source().label();
  }

  /** The next read asks somebody else, where that is possible. */
  @Override
  public void evict(long offset, long length) {
    reader.distrust();
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return name;
  }
}
