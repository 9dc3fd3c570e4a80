package dev.obdbuild.builder.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A group of this host, by its name or its number. */
final class HostGroup {

  private final Path file;

  /**
   * The groups of a file.
   *
   * @param file as {@code /etc/group} is written
   */
  HostGroup(Path file) {
    this.file = file;
  }

  /**
   * The number of a group.
   *
   * @param text a name of the file, else a number
   * @throws IllegalArgumentException when it is neither
   */
  int number(String text) throws IOException {
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(":", -1);
        if (fields.length >= 3 && fields[0].equals(text)) {
          return parse(text, fields[2]);
        }
      }
    }
    return parse(text, text);
  }

  private int parse(String group, String number) {
    try {
      return Integer.parseUnsignedInt(number);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--group " + group + ": no group of that name or number in " + file, e);
    }
  }
}
