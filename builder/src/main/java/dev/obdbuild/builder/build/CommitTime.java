package dev.obdbuild.builder.build;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads when a commit was made out of the commit object. */
final class CommitTime {
  /** A header line: {@code committer NAME <MAIL> SECONDS ZONE}. */
  private static final Pattern COMMITTER =
      Pattern.compile("^committer .*> (-?[0-9]{1,18}) [-+][0-9]{4}$", Pattern.MULTILINE);

  private CommitTime() {}

  /**
   * The committer's time.
   *
   * @param commit the object as git stores it, without its header
   * @return empty if the object has none that makes sense
   */
  static Optional<Instant> of(byte[] commit) {
    String text = new String(commit, StandardCharsets.UTF_8);
    int body = text.indexOf("\n\n");
    Matcher line = COMMITTER.matcher(body < 0 ? text : text.substring(0, body));
    try {
      return line.find()
          ? Optional.of(Instant.ofEpochSecond(Long.parseLong(line.group(1))))
          : Optional.empty();
    } catch (DateTimeException e) {
      // A time that no calendar has.
      return Optional.empty();
    }
  }
}
