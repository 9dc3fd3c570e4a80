package dev.obdbuild.pusher;

import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.pusher.attest.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** What {@code --metadata-file} holds after a build, key by key as buildx writes it. */
public final class BuildMetadata {

  private BuildMetadata() {}

  /**
   * The metadata of an image.
   *
   * @param response as {@link ExporterResponse#of} gives it
   * @return JSON with sorted keys and a line feed at the end
   * @throws IOException if the descriptor in {@code response} is not JSON
   */
  public static byte[] of(Map<String, String> response) throws IOException {
    JsonWriter json = new JsonWriter();
    new TreeMap<>(response)
        .forEach(
            (key, value) -> {
              if (key.equals(ExporterResponse.DESCRIPTOR)) {
                json.raw(
                    key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
              } else {
                json.always(key, value);
              }
            });
    String indented = JsonText.indent(json.toString(), "metadata of the build");
    return (indented + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
