package dev.obdbuild.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * A small OCI image in memory: per layer a gzipped tar of plain files. Its tar writer shares no
 * code with ours.
 *
 * @param layers gzipped tars, bottom first
 */
public record TinyImage(List<byte[]> layers, byte[] config, byte[] manifest) {
  private static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";

  /** Media type of the manifest. */
  public static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

  /** Makes an image for linux/amd64 whose layers hold the given files: name to content. */
  @SafeVarargs
  public static TinyImage of(Map<String, String>... layers) throws IOException {
    List<byte[]> tars = new ArrayList<>();
    for (Map<String, String> files : layers) {
      tars.add(tar(files));
    }
    return ofTars(tars);
  }

  /** Makes an image for linux/amd64 of layers as uncompressed tars, bottom first. */
  public static TinyImage ofTars(List<byte[]> tars) throws IOException {
    List<byte[]> blobs = new ArrayList<>();
    List<String> diffIds = new ArrayList<>();
    for (byte[] tar : tars) {
      diffIds.add("\"" + RegistryStore.sha256(tar) + "\"");
      blobs.add(gzip(tar));
    }
    String config =
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/bin\"],\"Cmd\":[\"sh\"]},"
            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
            + String.join(",", diffIds)
            + "]}}";
    byte[] configBytes = config.getBytes(StandardCharsets.UTF_8);
    List<String> descriptors = blobs.stream().map(blob -> descriptor(LAYER_TYPE, blob)).toList();
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + MANIFEST_TYPE
            + "\",\"config\":"
            + descriptor(CONFIG_TYPE, configBytes)
            + ",\"layers\":["
            + String.join(",", descriptors)
            + "]}";
    return new TinyImage(
        List.copyOf(blobs), configBytes, manifest.getBytes(StandardCharsets.UTF_8));
  }

  private static String descriptor(String type, byte[] bytes) {
    return "{\"mediaType\":\""
        + type
        + "\",\"digest\":\""
        + RegistryStore.sha256(bytes)
        + "\",\"size\":"
        + bytes.length
        + "}";
  }

  /** Digest of the manifest. */
  public String digest() {
    return RegistryStore.sha256(manifest);
  }

  /** Puts the image on a registry. */
  public void putOn(TestRegistry registry, String repository, String tag) {
    layers.forEach(layer -> registry.putBlob(repository, layer));
    registry.putBlob(repository, config);
    registry.putManifest(repository, tag, MANIFEST_TYPE, manifest);
  }

  /** Writes the image as an OCI layout into {@code folder}. */
  public void writeLayout(Path folder, String tag) throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
    List<byte[]> all = new ArrayList<>(layers);
    all.add(config);
    all.add(manifest);
    for (byte[] blob : all) {
      Files.write(blobs.resolve(RegistryStore.sha256(blob).substring(7)), blob);
    }
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    String entry =
        descriptor(MANIFEST_TYPE, manifest).replaceFirst("}$", "")
            + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\""
            + tag
            + "\"}}";
    Files.writeString(
        folder.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[" + entry + "]}");
  }

  /** An ustar archive of plain files, mode 0644, owner 0:0, time 0, in order of name. */
  public static byte[] tar(Map<String, String> files) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new TreeMap<>(files)
        .forEach(
            (name, content) -> {
              byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
              out.writeBytes(header(name, bytes.length));
              out.writeBytes(bytes);
              out.writeBytes(new byte[-bytes.length & 511]);
            });
    out.writeBytes(new byte[1024]);
    return out.toByteArray();
  }

  private static byte[] header(String name, int size) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(
        header,
        100,
        "0000644\0" + "0000000\0" + "0000000\0" + String.format("%011o\0", size) + "00000000000\0");
    put(header, 148, "        0");
    put(header, 257, "ustar\0" + "00");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, String.format("%06o\0 ", sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
