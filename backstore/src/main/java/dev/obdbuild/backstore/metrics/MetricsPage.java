package dev.obdbuild.backstore.metrics;

import java.util.Locale;

/** A page of numbers in Prometheus' text form. Not thread-safe. */
public final class MetricsPage {
  private static final double MICROS = 1e6;
  private static final double NANOS = 1e9;

  private final StringBuilder text = new StringBuilder();

  /** A number that only grows. */
  public MetricsPage counter(String name, String help, long value) {
    head(name, help, "counter");
    text.append(name).append(' ').append(value).append('\n');
    return this;
  }

  /** A number that comes and goes. */
  public MetricsPage gauge(String name, String help, long value) {
    head(name, help, "gauge");
    text.append(name).append(' ').append(value).append('\n');
    return this;
  }

  /** All that a meter has counted. */
  public MetricsPage devices(DeviceMeter meter) {
    DeviceCounts counts = meter.counts();
    counter("obd_device_reads_total", "Reads of devices that succeeded.", counts.reads());
    counter("obd_device_read_bytes_total", "Bytes read of devices.", counts.read());
    counter("obd_device_writes_total", "Writes to devices that succeeded.", counts.writes());
    counter("obd_device_written_bytes_total", "Bytes written to devices.", counts.written());
    counter("obd_device_failures_total", "Requests to devices that failed.", counts.failures());
    return histogram(meter);
  }

  private MetricsPage histogram(DeviceMeter meter) {
    String name = "obd_device_read_seconds";
    head(name, "How long reads of devices took.", "histogram");
    long sum = 0;
    for (int i = 0; i < DeviceMeter.BUCKETS; i++) {
      sum += meter.latency(i);
      String bound =
          i == DeviceMeter.BUCKETS - 1
              ? "+Inf"
              : String.format(Locale.ROOT, "%.6f", (1L << i) / MICROS);
      text.append(name).append("_bucket{le=\"").append(bound).append("\"} ");
      text.append(sum).append('\n');
    }
    text.append(name).append("_sum ").append(meter.readNanos() / NANOS).append('\n');
    text.append(name).append("_count ").append(sum).append('\n');
    return this;
  }

  private void head(String name, String help, String type) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
