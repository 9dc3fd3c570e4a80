package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.call.Outgoing;
import dev.obdbuild.builder.filter.Filter;
import dev.obdbuild.builder.usage.PruneOrder;
import dev.obdbuild.builder.usage.Usage;
import dev.obdbuild.builder.usage.UsageMessages;
import dev.obdbuild.protos.control.DiskUsageRequest;
import dev.obdbuild.protos.control.DiskUsageResponse;
import dev.obdbuild.protos.control.PruneRequest;
import dev.obdbuild.protos.control.UsageRecord;
import java.io.IOException;
import java.time.Duration;

/** Questions about what takes space, and orders to make room, as messages. */
final class UsageCalls {

  private UsageCalls() {}

  static DiskUsageResponse report(Usage usage, DiskUsageRequest request) throws IOException {
    DiskUsageResponse.Builder response = DiskUsageResponse.newBuilder();
    usage
        .list(Filter.parse(request.getFilterList()), Duration.ofNanos(request.getAgeLimit()))
        .forEach(item -> response.addRecord(UsageMessages.record(item)));
    return response.build();
  }

  static void prune(Usage usage, PruneRequest request, Outgoing<UsageRecord> out)
      throws IOException {
    usage.prune(PruneOrder.of(request), item -> out.send(UsageMessages.record(item)));
  }
}
