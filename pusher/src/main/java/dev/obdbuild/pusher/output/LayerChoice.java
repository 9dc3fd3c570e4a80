package dev.obdbuild.pusher.output;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the layers of an image are written.
 *
 * @param codec of ordinary layers
 * @param force whether ordinary layers that exist in another compression are compressed again
 * @param level of the codec; empty for its default. Overlaybd layers have one encoder and no level
 */
public record LayerChoice(Worlds worlds, Codec codec, boolean force, OptionalInt level) {

  /** Which kinds of image an output consists of. */
  public enum Worlds {
    /** Block layers only. */
    OVERLAYBD,
    /** Tar layers only. */
    ORDINARY,
    /** Tar layers under the name; the block layers refer to that image. */
    REFERRER,
    /** Both in one index, tar layers first. */
    INDEX
  }

  /** Compression of ordinary layers. */
  public enum Codec {
    GZIP(0, 9),
    ZSTD(0, 22),
    UNCOMPRESSED(Integer.MIN_VALUE, Integer.MAX_VALUE);

    private final int least;
    private final int most;

    Codec(int least, int most) {
      this.least = least;
      this.most = most;
    }
  }

  /** Overlaybd layers and nothing else. */
  public static final LayerChoice OVERLAYBD =
      new LayerChoice(Worlds.OVERLAYBD, Codec.GZIP, false, OptionalInt.empty());

  /** Whether layers as tar archives are wanted. */
  public boolean ordinary() {
    return worlds != Worlds.OVERLAYBD;
  }

  /** Whether block layers are wanted. */
  public boolean overlaybd() {
    return worlds != Worlds.ORDINARY;
  }

  /**
   * The choice that the value of {@code compression} names, as a client or a configuration gives
   * it.
   *
   * @throws IllegalArgumentException if there is no such compression here
   */
  public static LayerChoice parse(String compression) {
    return switch (compression) {
      case "overlaybd" -> OVERLAYBD;
      case "gzip" -> ordinary(Codec.GZIP);
      case "zstd" -> ordinary(Codec.ZSTD);
      case "uncompressed" -> ordinary(Codec.UNCOMPRESSED);
      case "estargz" ->
          throw new IllegalArgumentException(
              "compression=estargz is not supported: overlaybd layers are read lazily as well");
      default ->
          throw new IllegalArgumentException(
              "unsupported compression type "
                  + compression
                  + ": compression is overlaybd, gzip, zstd or uncompressed");
    };
  }

  private static LayerChoice ordinary(Codec codec) {
    return new LayerChoice(Worlds.ORDINARY, codec, false, OptionalInt.empty());
  }

  /** This, where an engine that knows ordinary layers only can run it, or else gzip. */
  LayerChoice forEngines() {
    return worlds == Worlds.ORDINARY ? this : ordinary(Codec.GZIP);
  }

  static LayerChoice take(Attributes attributes, LayerChoice preset) {
    LayerChoice named = attributes.text("compression").map(LayerChoice::parse).orElse(preset);
    Worlds worlds = attributes.text("format").map(LayerChoice::both).orElse(named.worlds);
    boolean force = attributes.flag("force-compression", named.force);
    OptionalInt level = attributes.number("compression-level");
    LayerChoice choice =
        new LayerChoice(worlds, named.codec, force, level.isPresent() ? level : named.level);
    choice.checkLevel();
    return choice;
  }

  private static Worlds both(String format) {
    return switch (format) {
      case "both" -> Worlds.REFERRER;
      case "both-index" -> Worlds.INDEX;
      default ->
          throw new IllegalArgumentException(
              "format="
                  + format
                  + " is not known: format is both (the overlaybd image refers to the ordinary"
                  + " one) or both-index (both in one index)");
    };
  }

  private void checkLevel() {
    Optional<Integer> asked = level.isPresent() ? Optional.of(level.getAsInt()) : Optional.empty();
    if (ordinary() && asked.filter(l -> l < codec.least || l > codec.most).isPresent()) {
      throw new IllegalArgumentException(
          "compression-level="
              + asked.get()
              + " is not a level of "
              + codec.name().toLowerCase(java.util.Locale.ROOT)
              + ", which has "
              + codec.least
              + " to "
              + codec.most);
    }
  }
}
