package dev.obdbuild.worker;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarEntry.Type;
import dev.obdbuild.oci.tar.TarWriter;
import dev.obdbuild.testkit.Busybox;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.testkit.TinyImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** A base image made of the host's static busybox: one gzipped tar layer. */
final class BusyboxBase {

  private static final List<String> APPLETS =
      List.of(
          "sh", "cat", "echo", "ls", "id", "stat", "sleep", "touch", "mkdir", "env", "rm", "cp",
          "dd", "true");

  private BusyboxBase() {}

  /** Puts the image on a registry and yields its reference with digest. */
  static String putOn(TestRegistry registry) throws IOException {
    byte[] tar = tar();
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(tar);
    }
    byte[] layer = zipped.toByteArray();
    byte[] config =
        ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":"
                + "{\"type\":\"layers\",\"diff_ids\":[\""
                + Digest.sha256(tar)
                + "\"]}}")
            .getBytes(StandardCharsets.UTF_8);
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + TinyImage.MANIFEST_TYPE
            + "\",\"config\":"
            + descriptor("application/vnd.oci.image.config.v1+json", config)
            + ",\"layers\":["
            + descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer)
            + "]}";
    TinyImage image =
        new TinyImage(List.of(layer), config, manifest.getBytes(StandardCharsets.UTF_8));
    image.putOn(registry, "base", "1");
    return registry.host() + "/base:1@" + image.digest();
  }

  private static String descriptor(String type, byte[] bytes) {
    return "{\"mediaType\":\""
        + type
        + "\",\"digest\":\""
        + Digest.sha256(bytes)
        + "\",\"size\":"
        + bytes.length
        + "}";
  }

  private static byte[] tar() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(out)) {
      for (String folder : List.of("bin/", "etc/", "root/", "tmp/")) {
        tar.add(TarEntry.builder(Type.DIRECTORY, folder).build());
      }
      file(tar, "bin/busybox", 0755, Files.readAllBytes(Busybox.program()));
      for (String applet : APPLETS) {
        tar.add(TarEntry.builder(Type.SYMLINK, "bin/" + applet).linkName("busybox").build());
      }
      file(
          tar,
          "etc/passwd",
          0644,
          "root:x:0:0:root:/root:/bin/sh\napp:x:7:8:app:/tmp:/bin/sh\n"
              .getBytes(StandardCharsets.UTF_8));
      file(tar, "etc/group", 0644, "root:x:0:\napp:x:8:\n".getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  private static void file(TarWriter tar, String name, int mode, byte[] bytes) throws IOException {
    tar.add(TarEntry.builder(Type.FILE, name).mode(mode).size(bytes.length).build());
    tar.write(bytes, 0, bytes.length);
  }
}
