package dev.obdbuild.backstore.config;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a device is made of: a {@code config.v1.json}.
 *
 * @param blobs where layers are that no file holds
 * @param lowers bottom first
 * @param upper the writable layer; without one the device is read-only
 * @param download overrides the service's
 * @param accelerationLayer the topmost of {@code lowers} holds a prefetch trace and nothing else
 * @param trace a prefetch trace to replay, or, while it is empty, to record
 */
public record ImageSpec(
    Optional<BlobsUrl> blobs,
    List<LowerSpec> lowers,
    Optional<UpperSpec> upper,
    Optional<DownloadSpec> download,
    boolean accelerationLayer,
    Optional<Path> trace) {
  private static final int MAX_LOWERS = 1000;

  /** What only a TurboOCI layer has. */
  private static final List<String> TURBO = List.of("targetFile", "targetDigest", "gzipIndex");

  private static final List<String> TURBO_UPPER = List.of("target", "gzipIndex");

  public ImageSpec {
    lowers = List.copyOf(lowers);
  }

  /**
   * Reads a file's text.
   *
   * @throws MalformedDocumentException naming the key, when it says something that makes no sense
   *     or that is not supported
   */
  static ImageSpec of(JsonReader json) throws MalformedDocumentException {
    Section top = new Section(json);
    List<LowerSpec> lowers = new ArrayList<>();
    for (Section lower : top.sections("lowers")) {
      if (lowers.size() == MAX_LOWERS) {
        throw top.wrong("lowers", "has more than " + MAX_LOWERS + " layers");
      }
      lowers.add(lower(lower));
    }
    Optional<UpperSpec> upper = upper(top.section("upper"));
    if (lowers.isEmpty() && upper.isEmpty()) {
      throw top.wrong(
          "lowers", "names no layer, and there is no upper: nothing to make a device of");
    }
    boolean accelerated = top.flag("accelerationLayer", false);
    Optional<Path> trace = top.path("recordTracePath");
    if (accelerated && trace.isPresent()) {
      throw top.wrong("recordTracePath", "cannot be had together with accelerationLayer");
    }
    return new ImageSpec(
        top.parsed("repoBlobUrl", BlobsUrl::parse),
        lowers,
        upper,
        top.has("download")
            ? Optional.of(DownloadSpec.read(top.section("download")))
            : Optional.empty(),
        accelerated,
        trace);
  }

  private static LowerSpec lower(Section in) throws MalformedDocumentException {
    refuseTurbo(in, TURBO);
    return new LowerSpec(
        in.path("file"),
        in.path("dir"),
        in.text("digest"),
        in.number("size", 0, 0, Long.MAX_VALUE));
  }

  private static Optional<UpperSpec> upper(Section in) throws MalformedDocumentException {
    refuseTurbo(in, TURBO_UPPER);
    Optional<Path> data = in.path("data");
    Optional<Path> index = in.path("index");
    return data.isPresent() && index.isPresent()
        ? Optional.of(new UpperSpec(data.get(), index.get()))
        : Optional.empty();
  }

  private static void refuseTurbo(Section in, List<String> keys) throws MalformedDocumentException {
    for (String key : keys) {
      if (!in.text(key).isEmpty()) {
        throw in.wrong(key, "belongs to TurboOCI, whose layers cannot be attached");
      }
    }
  }

  /** Reads a file. */
  public static ImageSpec read(Path file) throws IOException {
    return ImageFile.read(file).spec();
  }

  /** The layers of the filesystem: without an acceleration layer. */
  public List<LowerSpec> filesystem() {
    return accelerationLayer && !lowers.isEmpty() ? lowers.subList(0, lowers.size() - 1) : lowers;
  }
}
