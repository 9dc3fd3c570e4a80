package dev.obdbuild.pusher.output;

import java.util.Locale;
import java.util.Map;

/**
 * The files of the result in a folder of the client.
 *
 * @param mode what becomes of files that are there already
 */
public record FolderOutput(FolderOptions files, Mode mode, Map<String, String> metadata)
    implements Output {

  /** What becomes of files in the client's folder that the result does not have. */
  public enum Mode {
    /** They stay. */
    COPY,
    /** The client deletes them, so it gets all platforms in one transfer. */
    DELETE
  }

  public FolderOutput {
    metadata = Map.copyOf(metadata);
  }

  static FolderOutput take(Attributes attributes) {
    FolderOptions files = FolderOptions.take(attributes);
    Mode mode = mode(attributes.text("mode").orElse(""));
    return new FolderOutput(files, mode, attributes.rest());
  }

  private static Mode mode(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "", "copy" -> Mode.COPY;
      case "delete" -> Mode.DELETE;
      default -> throw new IllegalArgumentException("invalid local exporter mode \"" + text + "\"");
    };
  }

  @Override
  public String title() {
    return "exporting to client directory";
  }

  @Override
  public EpochChoice epoch() {
    return files.epoch();
  }
}
