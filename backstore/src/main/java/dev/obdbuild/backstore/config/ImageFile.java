package dev.obdbuild.backstore.config;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A {@code config.v1.json} whose text is well formed. What it says is asked for afterwards, so that
 * an error in it can be told where {@link #resultFile} wants it told.
 */
public final class ImageFile {
  private static final int MAX_BYTES = 1 << 20;

  private final JsonReader json;

  private ImageFile(JsonReader json) {
    this.json = json;
  }

  /**
   * Reads a file of at most 1 MiB.
   *
   * @throws MalformedDocumentException if it is not one JSON object
   */
  public static ImageFile read(Path file) throws IOException {
    return parse(bytes(file), file.toString());
  }

  static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_BYTES + 1);
    }
  }

  /** Reads a text that {@code name} stands for. */
  public static ImageFile parse(byte[] text, String name) throws MalformedDocumentException {
    return new ImageFile(JsonReader.parse(text, name, MAX_BYTES));
  }

  /** The file that is to tell whether the device could be made. */
  public Optional<Path> resultFile() throws MalformedDocumentException {
    return new Section(json).path("resultFile");
  }

  /** What the file says. */
  public ImageSpec spec() throws MalformedDocumentException {
    return ImageSpec.of(json);
  }
}
