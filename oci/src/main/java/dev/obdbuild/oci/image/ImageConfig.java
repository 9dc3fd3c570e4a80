package dev.obdbuild.oci.image;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The config of an image. Its JSON has all top-level keys sorted, unknown ones of a base image
 * included, as BuildKit writes them: a list without entries and a missing time are {@code null}.
 *
 * @param diffIds digests of the layers' tar bytes, bottom first
 * @param others top-level keys that we do not know, each with its JSON text
 */
public record ImageConfig(
    Platform platform,
    Optional<Instant> created,
    String author,
    ContainerConfig config,
    List<Digest> diffIds,
    List<History> history,
    Map<String, String> others) {

  private static final String NOTHING = "null";

  public ImageConfig {
    diffIds = List.copyOf(diffIds);
    history = List.copyOf(history);
    others = Collections.unmodifiableMap(new TreeMap<>(others));
  }

  /** A config for {@code platform} with nothing set: that of {@code scratch}. */
  public static ImageConfig empty(Platform platform) {
    return new ImageConfig(
        platform, Optional.empty(), "", ContainerConfig.empty(), List.of(), List.of(), Map.of());
  }

  /**
   * Reads a config.
   *
   * @param name names it in errors: its digest
   */
  public static ImageConfig parse(byte[] body, String name) throws MalformedDocumentException {
    JsonReader json = JsonReader.parse(body, name);
    Optional<JsonReader> config = json.object("config");
    List<History> history = new ArrayList<>();
    for (JsonReader entry : json.objects("history")) {
      history.add(History.read(entry));
    }
    List<Digest> diffIds = new ArrayList<>();
    Optional<JsonReader> rootfs = json.object("rootfs");
    if (rootfs.isPresent()) {
      for (String diffId : rootfs.get().strings("diff_ids")) {
        diffIds.add(Descriptor.digest(rootfs.get(), "diff_ids", diffId));
      }
    }
    return new ImageConfig(
        Platform.read(json),
        time(json, "created"),
        json.string("author"),
        config.isPresent() ? ContainerConfig.read(config.get()) : ContainerConfig.empty(),
        diffIds,
        history,
        json.others());
  }

  static Optional<Instant> time(JsonReader json, String key) throws MalformedDocumentException {
    String text = json.string(key);
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Rfc3339.parse(text));
    } catch (IllegalArgumentException e) {
      throw json.malformed(json.where(key) + ": " + e.getMessage());
    }
  }

  /** Its JSON; equal configs give equal bytes. */
  public byte[] toJson() {
    String layers =
        diffIds.isEmpty()
            ? NOTHING
            : JsonWriter.textList(diffIds.stream().map(Digest::toString).toList());
    String told =
        history.isEmpty()
            ? NOTHING
            : JsonWriter.list(history.stream().map(History::write).toList());
    JsonWriter rootfs = new JsonWriter().always("type", "layers").raw("diff_ids", layers);
    TreeMap<String, String> keys = new TreeMap<>(others);
    keys.put("architecture", JsonWriter.text(platform.architecture()));
    keys.put("config", config.write().toString());
    keys.put("created", created.map(Rfc3339::format).map(JsonWriter::text).orElse(NOTHING));
    keys.put("history", told);
    keys.put("os", JsonWriter.text(platform.os()));
    keys.put("rootfs", rootfs.toString());
    platform.variant().ifPresent(variant -> keys.put("variant", JsonWriter.text(variant)));
    if (!author.isEmpty()) {
      keys.put("author", JsonWriter.text(author));
    }
    if (!platform.osVersion().isEmpty()) {
      keys.put("os.version", JsonWriter.text(platform.osVersion()));
    }
    if (!platform.osFeatures().isEmpty()) {
      keys.put("os.features", JsonWriter.textList(platform.osFeatures()));
    }
    JsonWriter json = new JsonWriter();
    keys.forEach(json::raw);
    return json.toBytes();
  }

  /** This config with another container config. */
  public ImageConfig withConfig(ContainerConfig changed) {
    return new ImageConfig(platform, created, author, changed, diffIds, history, others);
  }

  /** This config with another history. */
  public ImageConfig withHistory(List<History> changed) {
    return new ImageConfig(platform, created, author, config, diffIds, changed, others);
  }

  /** This config with other layers. */
  public ImageConfig withDiffIds(List<Digest> changed) {
    return new ImageConfig(platform, created, author, config, changed, history, others);
  }

  /** This without the topmost layer and what the history tells of it. */
  public ImageConfig withoutTopLayer() {
    List<History> told = new ArrayList<>(history);
    for (int i = told.size() - 1; i >= 0; i--) {
      if (!told.get(i).emptyLayer()) {
        told.remove(i);
        break;
      }
    }
    return withDiffIds(diffIds.subList(0, Math.max(0, diffIds.size() - 1))).withHistory(told);
  }

  /** This config with another time of creation. */
  public ImageConfig withCreated(Optional<Instant> changed) {
    return new ImageConfig(platform, changed, author, config, diffIds, history, others);
  }
}
