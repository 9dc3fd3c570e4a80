package dev.obdbuild.backstore.prefetch;

import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The reads that bring a trace's ranges here: roughly in the trace's order, neighbours together,
 * each at most {@link #MAX_READ} bytes.
 *
 * @param skipped records that point outside the layers
 */
record ReplayPlan(List<TraceRecord> reads, int skipped) {
  static final int MAX_READ = 1 << 20;

  /** So many records may change their order, to be joined with neighbours. */
  private static final int WINDOW = 1024;

  /** Reading so much that nobody asked for costs less than one more request. */
  private static final long MAX_GAP = 128 << 10;

  static ReplayPlan of(List<TraceRecord> records, List<Layer> layers) {
    List<TraceRecord> fitting =
        records.stream().filter(record -> record.length() > 0 && fits(record, layers)).toList();
    List<TraceRecord> reads = new ArrayList<>();
    for (int from = 0; from < fitting.size(); from += WINDOW) {
      List<TraceRecord> window =
          new ArrayList<>(fitting.subList(from, Math.min(fitting.size(), from + WINDOW)));
      window.sort(
          Comparator.comparingInt(TraceRecord::layer).thenComparingLong(TraceRecord::offset));
      join(window, reads);
    }
    return new ReplayPlan(List.copyOf(reads), records.size() - fitting.size());
  }

  private static boolean fits(TraceRecord record, List<Layer> layers) {
    return record.layer() < layers.size()
        && record.offset() + record.length() <= layers.get(record.layer()).data().size();
  }

  private static void join(List<TraceRecord> sorted, List<TraceRecord> reads) {
    TraceRecord run = sorted.getFirst();
    for (TraceRecord next : sorted.subList(1, sorted.size())) {
      long end = run.offset() + run.length();
      if (next.layer() == run.layer() && next.offset() - end <= MAX_GAP) {
        long length = Math.max(end, next.offset() + next.length()) - run.offset();
        run = new TraceRecord(run.layer(), run.offset(), length);
      } else {
        cut(run, reads);
        run = next;
      }
    }
    cut(run, reads);
  }

  private static void cut(TraceRecord run, List<TraceRecord> reads) {
    for (long done = 0; done < run.length(); done += MAX_READ) {
      long length = Math.min(MAX_READ, run.length() - done);
      reads.add(new TraceRecord(run.layer(), run.offset() + done, length));
    }
  }
}
