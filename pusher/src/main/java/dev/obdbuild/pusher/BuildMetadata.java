package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.json.JsonWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What {@code --metadata-file} holds after a build, key by key as buildx writes it. */
public final class BuildMetadata {

  private BuildMetadata() {}

  /**
   * The metadata of an image.
   *
   * @param names empty when it has none; buildx then leaves the key out
   * @return JSON with sorted keys and a line feed at the end
   */
  public static byte[] of(AssembledImage image, List<Reference> names) {
    Map<String, String> keys = new TreeMap<>();
    keys.put(
        "containerimage.config.digest",
        JsonWriter.text(image.configDescriptor().digest().toString()));
    keys.put("containerimage.descriptor", image.manifestDescriptor().toJson());
    keys.put(
        "containerimage.digest", JsonWriter.text(image.manifestDescriptor().digest().toString()));
    if (!names.isEmpty()) {
      String all = names.stream().map(Reference::toString).collect(Collectors.joining(","));
      keys.put("image.name", JsonWriter.text(all));
    }
    return indent(keys);
  }

  private static byte[] indent(Map<String, String> keys) {
    String body =
        keys.entrySet().stream()
            .map(e -> "  " + JsonWriter.text(e.getKey()) + ": " + e.getValue())
            .collect(Collectors.joining(",\n"));
    return ("{\n" + body + "\n}\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
