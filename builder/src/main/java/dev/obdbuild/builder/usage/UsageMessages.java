package dev.obdbuild.builder.usage;

import com.google.protobuf.Timestamp;
import dev.obdbuild.protos.control.UsageRecord;
import java.time.Instant;

/** Items as BuildKit's clients read them. */
public final class UsageMessages {

  private UsageMessages() {}

  /** The record of {@code DiskUsage} and {@code Prune}. */
  public static UsageRecord record(UsageItem item) {
    var record =
        UsageRecord.newBuilder()
            .setID(item.id())
            .setMutable(item.kind().mutable())
            .setInUse(item.inUse())
            .setSize(item.size())
            .addAllParents(item.parents())
            .setCreatedAt(timestamp(item.created()))
            .setUsageCount(item.uses())
            .setDescription(item.description())
            .setRecordType(item.kind().type())
            .setShared(item.shared());
    if (item.parents().size() == 1) {
      record.setParent(item.parents().getFirst());
    }
    item.lastUsed().ifPresent(time -> record.setLastUsedAt(timestamp(time)));
    return record.build();
  }

  private static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }
}
