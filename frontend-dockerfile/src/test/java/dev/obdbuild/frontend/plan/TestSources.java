package dev.obdbuild.frontend.plan;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Files and images of a test, and what was asked for. */
final class TestSources implements Sources {
  private final Map<String, byte[]> definitions = new TreeMap<>();
  private final Map<String, byte[]> context = new TreeMap<>();
  private final Map<String, ResolvedImage> images = new TreeMap<>();
  final List<String> asked = new CopyOnWriteArrayList<>();

  static TestSources of(String dockerfile) {
    return new TestSources().definition("Dockerfile", dockerfile).busybox();
  }

  TestSources definition(String path, String text) {
    definitions.put(path, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  TestSources context(String path, String text) {
    context.put(path, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  TestSources busybox() {
    return image(
        "busybox",
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"created\":\"2023-05-19T20:19:25Z\","
            + "\"config\":{\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"],"
            + "\"Cmd\":[\"sh\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:"
            + "0".repeat(64)
            + "\"]},\"history\":[{\"created\":\"2023-05-19T20:19:24Z\",\"created_by\":\"/bin/sh -c #(nop) ADD file in / \"},"
            + "{\"created\":\"2023-05-19T20:19:25Z\",\"created_by\":\"/bin/sh -c #(nop)  CMD [\\\"sh\\\"]\",\"empty_layer\":true}]}");
  }

  TestSources image(String name, String config) {
    return image(name, config, Digest.sha256(name.getBytes(StandardCharsets.UTF_8)));
  }

  TestSources image(String name, String config, Digest digest) {
    Reference reference = Reference.parse(name);
    try {
      images.put(
          reference.canonical(),
          new ResolvedImage(
              reference, digest, ImageConfig.parse(config.getBytes(StandardCharsets.UTF_8), name)));
    } catch (IOException e) {
      throw new IllegalArgumentException(config, e);
    }
    return this;
  }

  @Override
  public Optional<byte[]> readDefinition(String path) {
    return Optional.ofNullable(definitions.get(path));
  }

  @Override
  public Optional<byte[]> readContext(String path) {
    return Optional.ofNullable(context.get(path));
  }

  @Override
  public ResolvedImage resolveImage(Reference reference, Platform platform, ResolveMode mode)
      throws IOException {
    asked.add(reference.canonical() + " " + platform + " " + mode.word());
    ResolvedImage image = images.get(reference.canonical());
    if (image == null) {
      throw new FileNotFoundException("not found");
    }
    return image;
  }
}
