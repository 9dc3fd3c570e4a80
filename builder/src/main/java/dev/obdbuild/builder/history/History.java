package dev.obdbuild.builder.history;

import dev.obdbuild.linux.process.ProcessIdentity;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.control.BuildHistoryEvent;
import dev.obdbuild.protos.control.BuildHistoryEventType;
import dev.obdbuild.protos.control.BuildHistoryRecord;
import dev.obdbuild.protos.control.BuildHistoryRequest;
import dev.obdbuild.protos.control.Descriptor;
import dev.obdbuild.snapshots.store.Boot;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.Tx;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The builds of one state folder: those that run and, within limits, those that are over. What was
 * told survives {@code kill -9}. Thread-safe; calls are short but for {@link ActiveBuild#complete}.
 */
public final class History implements AutoCloseable {

  /** BuildKit's name of a stored status log. */
  public static final String STATUS_TYPE = "application/vnd.buildkit.status.v0";

  private final ReentrantLock lock = new ReentrantLock();
  private final Database database;
  private final HistoryFiles files;
  private final HistoryLimits limits;
  private final InstantSource clock;
  private final String owner;
  private final Map<String, ActiveBuild> active = new LinkedHashMap<>();
  private final List<HistoryEvents> listeners = new CopyOnWriteArrayList<>();

  private History(Database database, Path root, HistoryLimits limits, InstantSource clock)
      throws IOException {
    this.database = database;
    this.limits = limits;
    this.clock = clock;
    ProcessIdentity self = ProcessIdentity.self();
    this.owner = Boot.id() + " " + self.pid() + " " + self.startTicks();
    this.files = new HistoryFiles(root, database, owner);
  }

  /**
   * Opens the history below a state folder. Builds of processes that died are completed as failed.
   */
  public static History open(Path root, HistoryLimits limits) throws IOException {
    return open(root, limits, InstantSource.system());
  }

  static History open(Path root, HistoryLimits limits, InstantSource clock) throws IOException {
    Database database = Database.open(root.resolve("history.db"), HistoryTables::create);
    try {
      History history = new History(database, root, limits, clock);
      new Recovery(database, history.files, clock).run();
      return history;
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /**
   * A status log for a build that may or may not be recorded. To be closed, after {@link
   * ActiveBuild#complete} if it is.
   */
  public StatusLog openLog() throws IOException {
    return new StatusLog(files.ingest(files.temporaryName()));
  }

  /**
   * Puts a build on record that starts now; listeners are told.
   *
   * @param first at least its ref; the time of creation is set when missing
   * @param log where its events go
   * @throws IllegalStateException when a build of that ref is running
   */
  public ActiveBuild start(BuildHistoryRecord first, StatusLog log) throws IOException {
    String ref = first.getRef();
    BuildHistoryRecord record =
        first.hasCreatedAt()
            ? first
            : first.toBuilder().setCreatedAt(StatusMessages.timestamp(clock.instant())).build();
    lock.lock();
    try {
      if (ref.isEmpty() || active.containsKey(ref)) {
        throw new IllegalStateException("a build of ref '" + ref + "' cannot start now");
      }
      database.tx(
          tx -> {
            HistoryTables.start(tx, record, owner, log.name());
            return true;
          });
      ActiveBuild build = new ActiveBuild(this, record, log);
      active.put(ref, build);
      tell(BuildHistoryEventType.STARTED, record);
      return build;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads the status of a build on record, running or over, from its first message on; empty when
   * there is no such build. To be closed.
   */
  public Optional<StatusReader> status(String ref) throws IOException {
    lock.lock();
    try {
      ActiveBuild running = active.get(ref);
      if (running != null) {
        return Optional.of(running.log().reader());
      }
      Optional<BuildHistoryRecord> record = find(ref);
      if (record.isEmpty() || !record.get().hasLogs()) {
        return Optional.empty();
      }
      Digest digest = Digest.parse(record.get().getLogs().getDigest());
      HistoryBlob blob =
          files.find(digest).orElseThrow(() -> new IOException("log " + digest + " is gone"));
      return Optional.of(StatusReader.ofFinished(files.checked(blob), blob.size()));
    } finally {
      lock.unlock();
    }
  }

  /** The record of a build. */
  public Optional<BuildHistoryRecord> find(String ref) throws IOException {
    return database.tx(tx -> HistoryTables.find(tx, ref));
  }

  /**
   * Listens as BuildKit's {@code ListenBuildHistory}: running builds, then those that are over,
   * oldest first or, with a limit, newest first; then, unless the request wants to exit early,
   * whatever happens. To be closed.
   *
   * @throws IllegalArgumentException when a filter or the limit is wrong
   */
  public HistoryEvents listen(BuildHistoryRequest request) throws IOException {
    if (request.getLimit() < 0) {
      throw new IllegalArgumentException("invalid limit " + request.getLimit());
    }
    Predicate<BuildHistoryRecord> filter =
        HistoryFilter.parse(request.getFilterList(), clock.instant());
    Predicate<BuildHistoryRecord> wanted =
        record -> request.getRef().isEmpty() || request.getRef().equals(record.getRef());
    lock.lock();
    try {
      List<BuildHistoryEvent> past = new ArrayList<>();
      active.values().stream()
          .map(ActiveBuild::record)
          .filter(wanted.and(filter))
          .forEach(record -> past.add(event(BuildHistoryEventType.STARTED, record)));
      if (!request.getActiveOnly()) {
        over(wanted.and(filter), request.getLimit())
            .forEach(record -> past.add(event(BuildHistoryEventType.COMPLETE, record)));
      }
      HistoryEvents[] self = new HistoryEvents[1];
      HistoryEvents events =
          new HistoryEvents(
              past,
              event ->
                  wanted.test(event.getRecord())
                      && (event.getType() == BuildHistoryEventType.DELETED
                          || filter.test(event.getRecord())),
              !request.getEarlyExit(),
              () -> listeners.remove(self[0]));
      self[0] = events;
      if (events.follows()) {
        listeners.add(events);
      }
      return events;
    } finally {
      lock.unlock();
    }
  }

  private List<BuildHistoryRecord> over(Predicate<BuildHistoryRecord> wanted, int limit)
      throws IOException {
    var records = database.tx(HistoryTables::completed).stream().filter(wanted);
    return limit == 0
        ? records.toList()
        : records
            .sorted(
                Comparator.comparing(
                        (BuildHistoryRecord r) -> StatusMessages.instant(r.getCreatedAt()))
                    .reversed())
            .limit(limit)
            .toList();
  }

  /**
   * Pins or unpins a build: pinned ones are not collected.
   *
   * @throws NoSuchBuildException when there is none of that ref
   */
  public void pin(String ref, boolean pinned) throws IOException {
    lock.lock();
    try {
      ActiveBuild running = active.get(ref);
      if (running != null) {
        running.update(
            record -> record.setPinned(pinned).setGeneration(record.getGeneration() + 1));
        return;
      }
      BuildHistoryRecord before = find(ref).orElseThrow(() -> new NoSuchBuildException(ref));
      BuildHistoryRecord after =
          before.toBuilder().setPinned(pinned).setGeneration(before.getGeneration() + 1).build();
      database.tx(tx -> save(tx, after));
      tell(BuildHistoryEventType.COMPLETE, after);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Deletes a build that is over, with the blobs that no other names. Readers that have its log
   * open read on.
   *
   * @throws NoSuchBuildException when there is none of that ref
   * @throws IllegalStateException when it is running
   */
  public void delete(String ref) throws IOException {
    lock.lock();
    try {
      if (active.containsKey(ref)) {
        throw new IllegalStateException("build " + ref + " is running");
      }
      if (!database.tx(tx -> remove(tx, List.of(ref)))) {
        throw new NoSuchBuildException(ref);
      }
      deleted(ref);
    } finally {
      lock.unlock();
    }
  }

  /** Deletes what is beyond the limits; yields how many builds that were. */
  public int collect() throws IOException {
    lock.lock();
    try {
      List<String> outdated =
          database.tx(
              tx -> {
                List<String> refs = HistoryTables.outdated(tx, limits, clock.instant());
                remove(tx, refs);
                return refs;
              });
      outdated.forEach(this::deleted);
      return outdated.size();
    } finally {
      lock.unlock();
    }
  }

  /** The blobs of all records. */
  public HistoryBlobs blobs() {
    return files;
  }

  /** In one transaction, so that no other process names a blob while its file goes. */
  private boolean remove(Tx tx, List<String> refs) throws SQLException, IOException {
    boolean any = false;
    for (String ref : refs) {
      any |= HistoryTables.delete(tx, ref);
    }
    for (Digest digest : HistoryTables.dropUnnamedBlobs(tx)) {
      files.delete(digest);
    }
    return any;
  }

  private static boolean save(Tx tx, BuildHistoryRecord record) throws SQLException {
    HistoryTables.save(tx, record);
    return true;
  }

  private void deleted(String ref) {
    tell(BuildHistoryEventType.DELETED, BuildHistoryRecord.newBuilder().setRef(ref).build());
  }

  private void tell(BuildHistoryEventType type, BuildHistoryRecord record) {
    listeners.forEach(listener -> listener.offer(event(type, record)));
  }

  private static BuildHistoryEvent event(BuildHistoryEventType type, BuildHistoryRecord record) {
    return BuildHistoryEvent.newBuilder().setType(type).setRecord(record).build();
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  Descriptor store(String ref, String mediaType, byte[] bytes) throws IOException {
    HistoryBlob blob =
        database.tx(
            tx -> {
              HistoryBlob written = files.write(mediaType, bytes, clock.instant());
              HistoryTables.addBlob(tx, ref, written);
              return written;
            });
    return descriptor(blob);
  }

  static Descriptor descriptor(HistoryBlob blob) {
    return Descriptor.newBuilder()
        .setMediaType(blob.mediaType())
        .setDigest(blob.digest().toString())
        .setSize(blob.size())
        .build();
  }

  BuildHistoryRecord saveActive(BuildHistoryRecord record) throws IOException {
    database.tx(tx -> save(tx, record));
    return record;
  }

  void complete(ActiveBuild build) throws IOException {
    Instant now = clock.instant();
    Optional<HistoryBlob> log = Optional.empty();
    try {
      StatusLog.Ended ended = build.log().ended();
      log = Optional.of(new HistoryBlob(ended.digest(), STATUS_TYPE, ended.size(), now));
    } finally {
      // A build whose log could not be written is over all the same.
      complete(build, log, now);
    }
  }

  private void complete(ActiveBuild build, Optional<HistoryBlob> log, Instant now)
      throws IOException {
    lock.lock();
    try {
      var record = build.record().toBuilder();
      build.log().count(record);
      log.ifPresent(blob -> record.setLogs(descriptor(blob)));
      BuildHistoryRecord over = record.setCompletedAt(StatusMessages.timestamp(now)).build();
      active.remove(over.getRef());
      database.tx(
          tx -> {
            if (log.isPresent()) {
              build.log().keepAt(files.blob(log.get().digest()));
              HistoryTables.addBlob(tx, over.getRef(), log.get());
            }
            return save(tx, over);
          });
      tell(BuildHistoryEventType.COMPLETE, over);
      collect();
    } finally {
      lock.unlock();
    }
  }

  /** Closes the database. Builds that still run are completed as failed by the next start. */
  @Override
  public void close() throws IOException {
    listeners.forEach(HistoryEvents::close);
    database.close();
  }
}
