package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a client is told about an image that was exported, key by key as BuildKit tells it. */
public final class ExporterResponse {

  static final String NAME = "image.name";
  static final String DIGEST = "containerimage.digest";
  static final String CONFIG_DIGEST = "containerimage.config.digest";
  static final String DESCRIPTOR = "containerimage.descriptor";

  private ExporterResponse() {}

  /**
   * The keys and values.
   *
   * @param names as they are to be told; none leaves the key out
   */
  public static Map<String, String> of(ImageTree image, List<String> names) {
    Map<String, String> keys = new TreeMap<>();
    keys.put(DIGEST, image.root().digest().toString());
    image
        .config()
        .map(config -> config.digest())
        .map(Digest::toString)
        .ifPresent(digest -> keys.put(CONFIG_DIGEST, digest));
    byte[] descriptor = image.root().toJson().getBytes(StandardCharsets.UTF_8);
    keys.put(DESCRIPTOR, Base64.getEncoder().encodeToString(descriptor));
    if (!names.isEmpty()) {
      keys.put(NAME, String.join(",", names));
    }
    return keys;
  }
}
