package dev.obdbuild.backstore.metrics;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.cache.CacheCounts;
import dev.obdbuild.backstore.cache.CacheMeter;
import dev.obdbuild.backstore.meter.Latencies;
import dev.obdbuild.backstore.meter.RecentReads;
import dev.obdbuild.oci.registry.RegistryActivity;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A page of numbers in Prometheus' text form. Not thread-safe. */
public final class MetricsPage {
  private static final double MICROS = 1e6;
  private static final double NANOS = 1e9;

  private final StringBuilder text = new StringBuilder();

  /** A number that only grows. */
  public MetricsPage counter(String name, String help, long value) {
    head(name, help, "counter");
    return line(name, "", value);
  }

  /** A number that comes and goes. */
  public MetricsPage gauge(String name, String help, long value) {
    head(name, help, "gauge");
    return line(name, "", value);
  }

  /**
   * All of a process that serves devices of layers through a block cache.
   *
   * @param fetched bytes of layers that came from registries
   */
  public MetricsPage process(
      LiveDevices live, BlockCache blocks, RegistryActivity registries, long fetched) {
    gauge("obd_devices", "Devices that are exported.", live.list().size());
    devices(live.total());
    cache(blocks.meter());
    sources(blocks.meter(), registries);
    counter("obd_fetched_bytes_total", "Bytes of layers from registries.", fetched);
    gauge(
        "obd_unread_bytes",
        "Bytes fetched that nobody has read yet, in whole blocks.",
        blocks.unreadBytes());
    return original(blocks.meter());
  }

  /** All that a meter has counted. */
  public MetricsPage devices(DeviceMeter meter) {
    DeviceCounts counts = meter.counts();
    counter("obd_device_reads_total", "Reads of devices that succeeded.", counts.reads());
    counter("obd_device_read_bytes_total", "Bytes read of devices.", counts.read());
    counter("obd_device_writes_total", "Writes to devices that succeeded.", counts.writes());
    counter("obd_device_written_bytes_total", "Bytes written to devices.", counts.written());
    counter("obd_device_failures_total", "Requests to devices that failed.", counts.failures());
    gauge("obd_device_reads_in_flight", "Reads of devices under way.", meter.inFlight());
    return histogram(
        "obd_device_read_seconds", "How long reads of devices took.", meter.readTimes());
  }

  /** What readers of layers got from the block cache, and what it fetched. */
  public MetricsPage cache(CacheMeter meter) {
    CacheCounts counts = meter.counts();
    counter("obd_cache_hits_total", "Reads of layers that needed no fetch.", counts.hits());
    counter("obd_cache_misses_total", "Reads of layers that waited.", counts.misses());
    String rate = "obd_cache_hit_rate";
    head(rate, "Hits among all reads of layers, 0 to 1.", "gauge");
    text.append(rate).append(' ').append(counts.hitRate()).append('\n');
    counter(
        "obd_cache_refetches_total",
        "Times that bytes were wrong and dropped, to be fetched again.",
        counts.refetches());
    return histogram(
        "obd_fetch_seconds", "How long requests for parts of layers took.", meter.fetchTimes());
  }

  /** Where bytes came from, and how registries fare. */
  public MetricsPage sources(CacheMeter cache, RegistryActivity registries) {
    CacheCounts counts = cache.counts();
    Map<String, Long> bytes = new LinkedHashMap<>();
    bytes.put("cache", counts.hitBytes());
    bytes.put("registry", registries.registryBytes());
    bytes.put("mirror", registries.mirrorBytes());
    bytes.put("p2p", registries.p2pBytes());
    bytes.put("download", counts.downloadedBytes());
    String name = "obd_source_bytes_total";
    head(
        name,
        "Bytes by their source: the cache on disk, or who was asked; of the latter, download is what"
            + " nobody waited for.",
        "counter");
    bytes.forEach((source, count) -> line(name, "source=\"" + source + "\"", count));
    gauge(
        "obd_registry_requests_in_flight",
        "Requests for parts of layers that wait for an answer.",
        registries.inFlight());
    return gauge(
        "obd_registry_hosts_closed",
        "Hosts that are left alone since they did not answer (open circuit breakers).",
        registries.closedHosts());
  }

  /**
   * What the original's exporter shows, under its names: {@code pread} is reads of layers, {@code
   * download} is what registries were asked for. Rates are means of the last minute.
   */
  public MetricsPage original(CacheMeter cache) {
    Map<String, RecentReads> types = new LinkedHashMap<>();
    types.put("pread", cache.reads());
    types.put("download", cache.fetches());
    gauge("OverlayBD_Alive", "Whether it serves.", 1);
    String throughput = "OverlayBD_Read_Throughtput";
    head(throughput, "Bytes / sec.", "gauge");
    types.forEach((type, reads) -> line(throughput, type(type), reads.bytesPerSecond()));
    String qps = "OverlayBD_QPS";
    head(qps, "Reads / sec.", "gauge");
    types.forEach((type, reads) -> line(qps, type(type), Math.round(reads.readsPerSecond())));
    String latency = "OverlayBD_MaxLatency";
    head(latency, "us.", "gauge");
    types.forEach((type, reads) -> line(latency, type(type), reads.longestMicros()));
    String count = "OverlayBD_Count";
    head(count, "Bytes.", "gauge");
    types.forEach((type, reads) -> line(count, type(type), reads.totalBytes()));
    return this;
  }

  private static String type(String type) {
    return "type=\"" + type + "\"";
  }

  private MetricsPage histogram(String name, String help, Latencies times) {
    head(name, help, "histogram");
    long sum = 0;
    for (int i = 0; i < Latencies.BUCKETS; i++) {
      sum += times.count(i);
      String bound =
          i == Latencies.BUCKETS - 1
              ? "+Inf"
              : String.format(Locale.ROOT, "%.6f", (1L << i) / MICROS);
      line(name + "_bucket", "le=\"" + bound + "\"", sum);
    }
    text.append(name).append("_sum ").append(times.sumNanos() / NANOS).append('\n');
    return line(name + "_count", "", sum);
  }

  private void head(String name, String help, String type) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private MetricsPage line(String name, String labels, long value) {
    text.append(name);
    if (!labels.isEmpty()) {
      text.append('{').append(labels).append('}');
    }
    text.append(' ').append(value).append('\n');
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
