package dev.obdbuild.overlaybd.interop;

import com.github.luben.zstd.ZstdInputStream;
import dev.obdbuild.overlaybd.hostfile.TestHostFile;
import dev.obdbuild.testkit.Shared;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The folder of fixtures, read in place. Sparse ones are unpacked into a folder of the test. */
final class Fixtures {
  private final Path folder;
  private final Path scratch;
  private final JsonNode manifest;

  Fixtures(Path scratch) {
    this.folder = Shared.path("fixtures/overlaybd");
    this.scratch = scratch;
    this.manifest = json("manifest.json");
  }

  JsonNode json(String path) {
    return new ObjectMapper().readTree(folder.resolve(path).toFile());
  }

  /** Name to description, in the manifest's order. */
  Map<String, JsonNode> all() {
    Map<String, JsonNode> all = new LinkedHashMap<>();
    manifest.get("fixtures").forEach(f -> all.put(f.get("name").asString(), f));
    return all;
  }

  JsonNode fixture(String name) {
    JsonNode found = all().get(name);
    if (found == null) {
      throw new IllegalStateException("no fixture " + name);
    }
    return found;
  }

  /** Whether the bytes are stored and not only their checksum. */
  boolean stored(String fixture, String file) {
    JsonNode entry = fixture(fixture).get("files").get(file);
    return !entry.has("stored") || !entry.get("stored").isNull();
  }

  String sha256(String fixture, String file) {
    return fixture(fixture).get("files").get(file).get("sha256").asString();
  }

  /** The original bytes, checked against the manifest. Not for sparse ones. */
  byte[] bytes(String fixture, String file) throws IOException {
    JsonNode entry = fixture(fixture).get("files").get(file);
    String stored = entry.has("stored") ? entry.get("stored").asString() : file;
    Path path = folder.resolve(fixture).resolve(stored);
    byte[] bytes;
    if (stored.equals(file)) {
      bytes = Files.readAllBytes(path);
    } else {
      try (InputStream in = new ZstdInputStream(Files.newInputStream(path))) {
        bytes = in.readAllBytes();
      }
    }
    if (!sha256(bytes).equals(entry.get("sha256").asString())) {
      throw new IllegalStateException(fixture + "/" + file + " is not what the manifest says");
    }
    return bytes;
  }

  String text(String fixture, String file) throws IOException {
    return Files.readString(folder.resolve(fixture).resolve(file));
  }

  /** Unpacks a sparse fixture with its holes; the result may be written to. */
  TestHostFile sparse(String fixture, String file) throws IOException {
    Path target = Files.createTempDirectory(scratch, "sparse");
    Path packed = folder.resolve(fixture).resolve(file + ".tar.zst");
    run("zstd -dc '" + packed + "' | tar -xSf - -C '" + target + "'");
    try (var files = Files.list(target)) {
      return TestHostFile.open(files.findFirst().orElseThrow());
    }
  }

  private static void run(String command) throws IOException {
    try {
      int exit = new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
      if (exit != 0) {
        throw new IOException(command + " exits " + exit);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(newSha256().digest(bytes));
  }
}
