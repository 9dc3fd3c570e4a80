package dev.obdbuild.pusher.output;

import java.util.Map;

/** Where a result is to go, and how it is written there. */
public sealed interface Output permits ImageOutput, LayoutOutput, TarOutput, FolderOutput {

  /**
   * The output that an exporter's type and attributes ask for.
   *
   * @param type {@code image}, {@code oci}, {@code docker}, {@code tar} or {@code local}
   * @param preset how layers are written where {@code compression} does not say it; not for {@code
   *     docker}, whose archives go to engines that know ordinary layers only
   * @throws IllegalArgumentException naming the attribute that is wrong, in BuildKit's words where
   *     it has some
   */
  static Output parse(String type, Map<String, String> attributes, LayerChoice preset) {
    Attributes all = new Attributes(attributes);
    return switch (type) {
      case "image" -> ImageOutput.take(all, preset);
      case "oci" -> LayoutOutput.take(LayoutOutput.Variant.OCI, all, preset);
      case "docker" -> LayoutOutput.take(LayoutOutput.Variant.DOCKER, all, preset.forEngines());
      case "tar" -> new TarOutput(FolderOptions.take(all), all.rest());
      case "local" -> FolderOutput.take(all);
      default -> throw new IllegalArgumentException("exporter \"" + type + "\" could not be found");
    };
  }

  /** Name of the build step that makes this output. */
  String title();

  /** The time that the exporter's own attributes give files and documents. */
  EpochChoice epoch();

  /** Attributes that are not the exporter's: they count as metadata of the result. */
  Map<String, String> metadata();
}
