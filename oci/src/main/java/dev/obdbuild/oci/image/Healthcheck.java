package dev.obdbuild.oci.image;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.time.Duration;
import java.util.List;

/**
 * How to ask a container whether it is well.
 *
 * @param test empty to inherit, {@code NONE}, {@code CMD} with arguments, or {@code CMD-SHELL} with
 *     one command
 * @param interval zero durations and zero retries mean the default
 */
public record Healthcheck(
    List<String> test,
    Duration interval,
    Duration timeout,
    Duration startPeriod,
    Duration startInterval,
    long retries) {
  public Healthcheck {
    test = List.copyOf(test);
  }

  static Healthcheck read(JsonReader json) throws MalformedDocumentException {
    return new Healthcheck(
        json.strings("Test"),
        Duration.ofNanos(json.integer("Interval", 0)),
        Duration.ofNanos(json.integer("Timeout", 0)),
        Duration.ofNanos(json.integer("StartPeriod", 0)),
        Duration.ofNanos(json.integer("StartInterval", 0)),
        json.integer("Retries", 0));
  }

  JsonWriter write() {
    return new JsonWriter()
        .strings("Test", test)
        .integer("Interval", interval.toNanos())
        .integer("Timeout", timeout.toNanos())
        .integer("StartPeriod", startPeriod.toNanos())
        .integer("StartInterval", startInterval.toNanos())
        .integer("Retries", retries);
  }
}
