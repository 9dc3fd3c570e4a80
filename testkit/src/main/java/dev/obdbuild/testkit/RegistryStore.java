package dev.obdbuild.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a {@link TestRegistry} holds. Every method is synchronized. */
final class RegistryStore {
  record StoredManifest(String mediaType, byte[] body) {}

  record Upload(String repository, ByteArrayOutputStream bytes) {}

  private final Map<String, Map<String, byte[]>> blobs = new HashMap<>();
  private final Map<String, Map<String, StoredManifest>> manifests = new HashMap<>();
  private final Map<String, Upload> uploads = new HashMap<>();
  private int nextUpload;

  static String sha256(byte[] bytes) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Adds a copy of what another holds, but for its uploads under way. */
  synchronized void addAll(RegistryStore other) {
    synchronized (other) {
      other.blobs.forEach(
          (name, all) -> all.forEach((digest, bytes) -> replaceBlob(name, digest, bytes.clone())));
      other.manifests.forEach((name, all) -> manifests.put(name, new HashMap<>(all)));
    }
  }

  synchronized Optional<byte[]> blob(String repository, String digest) {
    return Optional.ofNullable(blobs.getOrDefault(repository, Map.of()).get(digest));
  }

  synchronized String putBlob(String repository, byte[] bytes) {
    String digest = sha256(bytes);
    blobs.computeIfAbsent(repository, r -> new HashMap<>()).put(digest, bytes);
    return digest;
  }

  synchronized Optional<StoredManifest> manifest(String repository, String tagOrDigest) {
    return Optional.ofNullable(manifests.getOrDefault(repository, Map.of()).get(tagOrDigest));
  }

  synchronized String putManifest(
      String repository, String tagOrDigest, String mediaType, byte[] body) {
    String digest = sha256(body);
    StoredManifest manifest = new StoredManifest(mediaType, body);
    Map<String, StoredManifest> all = manifests.computeIfAbsent(repository, r -> new HashMap<>());
    all.put(digest, manifest);
    all.put(tagOrDigest, manifest);
    return digest;
  }

  synchronized void replaceBlob(String repository, String digest, byte[] bytes) {
    blobs.computeIfAbsent(repository, r -> new HashMap<>()).put(digest, bytes);
  }

  synchronized void deleteBlob(String repository, String digest) {
    blobs.getOrDefault(repository, new HashMap<>()).remove(digest);
  }

  synchronized List<String> tags(String repository) {
    return manifests.getOrDefault(repository, Map.of()).keySet().stream()
        .filter(key -> !key.contains(":"))
        .sorted()
        .toList();
  }

  /** Manifests whose text names {@code subject} as their subject. */
  synchronized List<StoredManifest> referrers(String repository, String subject) {
    List<StoredManifest> found = new ArrayList<>();
    manifests
        .getOrDefault(repository, Map.of())
        .forEach(
            (key, manifest) -> {
              String text = new String(manifest.body(), StandardCharsets.UTF_8);
              int at = text.indexOf("\"subject\"");
              if (key.contains(":") && at >= 0 && text.indexOf(subject, at) >= 0) {
                found.add(manifest);
              }
            });
    return found;
  }

  synchronized String startUpload(String repository) {
    String id = "upload-" + nextUpload++;
    uploads.put(id, new Upload(repository, new ByteArrayOutputStream()));
    return id;
  }

  synchronized @Nullable Upload upload(String id) {
    return uploads.get(id);
  }

  synchronized void append(Upload upload, byte[] bytes, int length) {
    upload.bytes().write(bytes, 0, length);
  }

  synchronized void endUpload(String id) {
    uploads.remove(id);
  }

  synchronized int openUploads() {
    return uploads.size();
  }
}
