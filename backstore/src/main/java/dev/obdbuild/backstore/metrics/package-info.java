/**
 * What devices of this process do, in numbers: counted by {@link MeteringExporter} as devices are
 * exported, listed by {@link LiveDevices}, shown to Prometheus by {@link MetricsServer}.
 */
@NullMarked
package dev.obdbuild.backstore.metrics;

import org.jspecify.annotations.NullMarked;
