package dev.obdbuild.worker.source.http;

import dev.obdbuild.oci.image.Digest;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * A file of a server.
 *
 * @param lastModified as the server tells
 * @param bytes where it was written; empty when it is what a former download brought
 */
public record HttpFile(
    String name, Digest digest, Optional<Instant> lastModified, Optional<Path> bytes) {

  static Optional<Instant> time(String header) {
    try {
      return header.isEmpty()
          ? Optional.empty()
          : Optional.of(
              ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
