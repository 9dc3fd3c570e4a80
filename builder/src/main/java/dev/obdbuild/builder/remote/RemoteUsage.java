package dev.obdbuild.builder.remote;

import com.google.protobuf.Timestamp;
import dev.obdbuild.builder.usage.PruneOrder;
import dev.obdbuild.builder.usage.UsageItem;
import dev.obdbuild.builder.usage.UsageKind;
import dev.obdbuild.protos.control.PruneRequest;
import dev.obdbuild.protos.control.UsageRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What takes space at a daemon, as items like those of a state folder of this machine. */
public final class RemoteUsage {

  private final DaemonClient daemon;

  /** The usage of a daemon, whose client is borrowed. */
  public RemoteUsage(DaemonClient daemon) {
    this.daemon = daemon;
  }

  /** All items. */
  public List<UsageItem> list() throws IOException {
    return daemon.diskUsage().stream().map(RemoteUsage::item).toList();
  }

  /** Makes room. Of kinds a daemon only tells results of steps and images from all others. */
  public void prune(PruneOrder order, Consumer<UsageItem> removed) throws IOException {
    PruneRequest.Builder request =
        PruneRequest.newBuilder()
            .setAll(order.all())
            .setKeepDuration(order.keepDuration().toNanos())
            .setReservedSpace(order.reservedSpace())
            .setMaxUsedSpace(order.maxUsedSpace())
            .setMinFreeSpace(order.minFreeSpace());
    if (!order.kinds().contains(UsageKind.LOCAL)) {
      request.addFilter("type==" + UsageKind.STEP.type());
    }
    daemon.prune(request.build(), record -> removed.accept(item(record)));
  }

  private static UsageItem item(UsageRecord record) {
    return new UsageItem(
        record.getID(),
        kind(record.getRecordType()),
        record.getParentsList(),
        record.getDescription(),
        record.getSize(),
        time(record.getCreatedAt()),
        record.hasLastUsedAt() ? Optional.of(time(record.getLastUsedAt())) : Optional.empty(),
        record.getUsageCount(),
        record.getInUse(),
        record.getShared());
  }

  /** The kind by its name; daemons may have kinds that nobody here knows. */
  private static UsageKind kind(String type) {
    for (UsageKind kind : UsageKind.values()) {
      if (kind.type().equals(type)) {
        return kind;
      }
    }
    return UsageKind.STEP;
  }

  private static Instant time(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
