package dev.obdbuild.builder.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.filter.Filter;
import dev.obdbuild.protos.control.PruneRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class UsageTest {

  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

  @TempDir Path root;

  /** A part of the state folder that holds what it is given and keeps the rules of removal. */
  private static final class Shelf implements UsageSource {
    private final List<UsageItem> items = new ArrayList<>();

    @Override
    public List<UsageItem> list() {
      return List.copyOf(items);
    }

    @Override
    public List<UsageItem> remove(List<UsageItem> wanted) {
      for (UsageItem item : wanted) {
        assertThat(items).contains(item).noneMatch(i -> i.parents().contains(item.id()));
        items.remove(item);
      }
      return wanted;
    }
  }

  private static UsageItem item(String id, UsageKind kind, int hours, long uses, String... on) {
    return new UsageItem(
        id,
        kind,
        List.of(on),
        "item " + id,
        100,
        NOW.minus(Duration.ofDays(9)),
        Optional.of(NOW.minus(Duration.ofHours(hours))),
        uses,
        id.startsWith("used"),
        id.startsWith("image"));
  }

  /** A base with a step on it with two on that, a mount, a client's folder, blocks. */
  private static Shelf shelf() {
    Shelf shelf = new Shelf();
    shelf.items.addAll(
        List.of(
            item("base", UsageKind.BASE, 1, 9),
            item("step", UsageKind.STEP, 5, 5, "base"),
            item("old", UsageKind.STEP, 50, 1, "step"),
            item("new", UsageKind.STEP, 1, 3, "step"),
            item("mount", UsageKind.CACHE_MOUNT, 60, 0),
            item("local", UsageKind.LOCAL, 3, 0),
            item("blocks", UsageKind.INTERNAL, 1, 0),
            item("used", UsageKind.STEP, 99, 0),
            item("image", UsageKind.STEP, 99, 0)));
    return shelf;
  }

  private static PruneRequest.Builder request() {
    return PruneRequest.newBuilder();
  }

  static Stream<Arguments> prunings() {
    long hour = Duration.ofHours(1).toNanos();
    return Stream.of(
        Arguments.of("nothing asked for", request(), "old new step base mount local"),
        Arguments.of("all", request().setAll(true), "old new step base mount local blocks"),
        Arguments.of("type", request().addFilter("type==source.local"), "local"),
        Arguments.of(
            "alternatives", request().addFilter("id==old").addFilter("id==local"), "old local"),
        Arguments.of("what others stand on stays", request().addFilter("id==step"), ""),
        Arguments.of("immutable", request().addFilter("immutable"), "old new step base"),
        Arguments.of("parents", request().addFilter("parents==step"), "old new"),
        Arguments.of("young", request().setKeepDuration(4 * hour), "old mount"),
        Arguments.of("already small enough", request().setMaxUsedSpace(800), ""),
        Arguments.of("least worth first", request().setMaxUsedSpace(700), "mount"),
        Arguments.of("until it is enough", request().setMaxUsedSpace(699), "mount old"),
        Arguments.of(
            "never below the reserve",
            request().setMaxUsedSpace(1).setReservedSpace(600),
            "mount old"),
        Arguments.of("enough is free", request().setMinFreeSpace(1), ""),
        Arguments.of(
            "too little is free: all but the reserve",
            request().setMinFreeSpace(Long.MAX_VALUE).setReservedSpace(700),
            "mount"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("prunings")
  void pruningTakesWhatBuildkitsWould(String name, PruneRequest.Builder request, String expected)
      throws Exception {
    Shelf shelf = shelf();
    List<String> removed = new ArrayList<>();
    new Usage(root, List.of(shelf), () -> {}, () -> NOW)
        .prune(PruneOrder.of(request.build()), item -> removed.add(item.id()));
    assertThat(removed)
        .containsExactlyInAnyOrder(
            Stream.of(expected.split(" ")).filter(s -> !s.isEmpty()).toArray(String[]::new));
    assertThat(shelf.items).hasSize(9 - removed.size());
  }

  @Test
  void knownResultsAreForgottenWithTheLastStep() throws Exception {
    AtomicInteger forgotten = new AtomicInteger();
    Shelf shelf = shelf();
    shelf.items.removeIf(i -> i.inUse() || i.shared());
    Usage usage = new Usage(root, List.of(shelf), forgotten::incrementAndGet, () -> NOW);
    usage.prune(PruneOrder.of(request().addFilter("id==old").build()), i -> {});
    assertThat(forgotten).hasValue(0);
    usage.prune(PruneOrder.everything(), i -> {});
    assertThat(forgotten).hasValue(1);
    assertThat(usage.list()).isEmpty();
  }

  @Test
  void aListingIsFilteredByFieldsAndAge() throws Exception {
    Usage usage = new Usage(root, List.of(shelf()), () -> {}, () -> NOW);
    assertThat(usage.list(Filter.parse("shared"), Duration.ZERO))
        .extracting(UsageItem::id)
        .containsExactly("image");
    assertThat(usage.list(Filter.parse("inuse"), Duration.ZERO))
        .extracting(UsageItem::id)
        .containsExactly("used");
    assertThat(usage.list(Filter.parse("private"), Duration.ofHours(55)))
        .extracting(UsageItem::id)
        .containsExactly("mount", "used");
  }

  @Test
  void aRecordSaysWhatClientsPrint() {
    var record = UsageMessages.record(item("mount", UsageKind.CACHE_MOUNT, 1, 4, "p"));
    assertThat(record.getID()).isEqualTo("mount");
    assertThat(record.getMutable()).isTrue();
    assertThat(record.getRecordType()).isEqualTo("exec.cachemount");
    assertThat(record.getParentsList()).containsExactly("p");
    assertThat(record.getUsageCount()).isEqualTo(4);
    assertThat(record.hasLastUsedAt()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 0, 1000",
    "10GB, 0, 10737418240",
    "512MB, 1, 536870912",
    "20%, 0, 2000000000",
    "20%, 100000000000, 19000000000",
    "0, 100, 0"
  })
  void diskSpaceIsReadAsBuildkitReadsIt(String text, long disk, long bytes) {
    assertThat(DiskSpace.parse(text).toBytes(disk)).isEqualTo(bytes);
  }

  @Test
  void withoutConfiguredRulesThereAreBuildkitsFour() {
    long disk = 1_000_000_000_000L;
    List<GcPolicy> rules =
        GcPolicy.defaults(DiskSpace.UNSET, DiskSpace.UNSET, DiskSpace.UNSET, disk);
    assertThat(rules).hasSize(4);
    assertThat(rules.getFirst().filters()).hasSize(3).contains("type==source.local");
    assertThat(rules.getFirst().message(disk).getMaxUsedSpace()).isEqualTo(512_000_000L);
    assertThat(rules.get(1).keepDuration()).isEqualTo(Duration.ofDays(60));
    assertThat(rules.get(2).message(disk).getReservedSpace()).isEqualTo(10_000_000_000L);
    assertThat(rules.get(2).message(disk).getMaxUsedSpace()).isEqualTo(100_000_000_000L);
    assertThat(rules.get(2).message(disk).getMinFreeSpace()).isEqualTo(187_000_000_000L);
    assertThat(rules.get(3).all()).isTrue();
  }

  @Test
  void aRequestedCollectionRunsOnItsOwn() throws Exception {
    Shelf shelf = shelf();
    var ran = new java.util.concurrent.CountDownLatch(1);
    UsageSource watched =
        new UsageSource() {
          @Override
          public List<UsageItem> list() {
            return shelf.list();
          }

          @Override
          public List<UsageItem> remove(List<UsageItem> items) {
            List<UsageItem> gone = shelf.remove(items);
            ran.countDown();
            return gone;
          }
        };
    GcPolicy rule =
        new GcPolicy(
            false,
            List.of("type==exec.cachemount"),
            Duration.ofHours(48),
            DiskSpace.UNSET,
            DiskSpace.ofBytes(1),
            DiskSpace.UNSET);
    try (GarbageCollection collection =
        new GarbageCollection(
            new Usage(root, List.of(watched), () -> {}, () -> NOW),
            List.of(rule),
            Duration.ZERO,
            e -> {
              throw new AssertionError(e);
            })) {
      collection.request();
      ran.await();
    }
    assertThat(shelf.items).hasSize(8).noneMatch(i -> i.id().equals("mount"));
  }
}
