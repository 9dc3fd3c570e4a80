package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.cache.CacheMeter;
import dev.obdbuild.backstore.cache.CacheOptions;
import dev.obdbuild.backstore.config.BlobsUrl;
import dev.obdbuild.backstore.config.DownloadSpec;
import dev.obdbuild.backstore.config.ImageSpec;
import dev.obdbuild.backstore.config.LowerSpec;
import dev.obdbuild.backstore.config.ServiceSpec;
import dev.obdbuild.backstore.remote.RemoteLayers;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryActivity;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.overlaybd.lsmt.Layer;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Reaches the layers of an image that lie in no file. Thread-safe. */
final class RemoteImage implements LowerLayers.Remote, AutoCloseable {
  private final RegistryClient registry;
  private final BlockCache cache;
  private final RemoteLayers layers;

  private RemoteImage(RegistryClient registry, BlockCache cache) {
    this.registry = registry;
    this.cache = cache;
    this.layers = new RemoteLayers(registry, cache);
  }

  /** Nothing where all layers are in files; asks nobody yet. */
  static Optional<RemoteImage> of(ImageSpec image, ServiceSpec service, AttachLog log)
      throws IOException {
    Optional<LowerSpec> first =
        image.filesystem().stream().filter(LowerLayers::isRemote).findFirst();
    if (first.isEmpty() || image.blobs().isEmpty()) {
      return Optional.empty();
    }
    BlobsUrl blobs = image.blobs().get();
    Credentials logins = Logins.of(service.credentials(), blobs, first.get().digest());
    BlockCache cache = BlockCache.open(service.cacheFolder(), kept(image, service));
    return Optional.of(new RemoteImage(Registries.client(blobs, service, logins, log), cache));
  }

  /** While a trace is recorded nothing is downloaded: what was read would not show. */
  private static CacheOptions kept(ImageSpec image, ServiceSpec service) {
    CacheOptions options = CacheOptions.of(service.cacheBytes());
    DownloadSpec said = image.download().orElse(service.download());
    if (!said.enabled() || image.trace().isPresent()) {
      return options;
    }
    long extra = said.extraDelay().toMillis();
    Duration delay =
        said.delay().plusMillis(extra == 0 ? 0 : ThreadLocalRandom.current().nextLong(extra + 1));
    return options.withDownload(new CacheOptions.Download(said.bytesPerSecond(), delay));
  }

  CacheMeter meter() {
    return cache.meter();
  }

  RegistryActivity activity() {
    return registry.activity();
  }

  @Override
  public Layer open(LayerBlob blob) throws IOException {
    Descriptor known = blob.descriptor();
    if (known.size() > 0) {
      return layers.open(blob);
    }
    long size = registry.blobSize(blob.repository(), known.digest());
    return layers.open(
        new LayerBlob(new Descriptor(known.mediaType(), known.digest(), size), blob.repository()));
  }

  /** Bytes that came from the registry or a P2P node so far. */
  long fetchedBytes() {
    return layers.fetchedBytes();
  }

  /** Of those, what nobody has read so far, in whole blocks. */
  long unreadBytes() {
    return cache.unreadBytes();
  }

  @Override
  public void close() throws IOException {
    try (cache) {
      registry.close();
    }
  }
}
