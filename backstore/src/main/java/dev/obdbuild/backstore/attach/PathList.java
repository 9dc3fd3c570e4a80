package dev.obdbuild.backstore.attach;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A list of files to be read first: text, one absolute path a line, at most 64 KiB. */
final class PathList {
  private static final int MAX_BYTES = 64 << 10;

  private PathList() {}

  /** The paths in a file; nothing if it is no such list. */
  static Optional<List<String>> read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES || bytes.length == 0 || bytes[0] != '/') {
      return Optional.empty();
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return Optional.of(text.lines().filter(line -> !line.isBlank()).toList());
    } catch (CharacterCodingException e) {
      // Not text: whoever asked tries it as something else.
      return Optional.empty();
    }
  }
}
