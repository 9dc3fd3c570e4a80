package dev.obdbuild.oci.registry;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Bytes of blobs by their source, and ranged reads under way. Thread-safe. */
final class ReadCounters {
  private final LongAdder registry = new LongAdder();
  private final LongAdder mirror = new LongAdder();
  private final LongAdder p2p = new LongAdder();
  private final AtomicInteger inFlight = new AtomicInteger();

  void read(BlobSource source, long bytes) {
    switch (source) {
      case REGISTRY -> registry.add(bytes);
      case MIRROR -> mirror.add(bytes);
      case P2P -> p2p.add(bytes);
    }
  }

  void begun() {
    inFlight.incrementAndGet();
  }

  void ended() {
    inFlight.decrementAndGet();
  }

  RegistryActivity activity(int closedHosts) {
    return new RegistryActivity(
        registry.sum(), mirror.sum(), p2p.sum(), inFlight.get(), closedHosts);
  }
}
