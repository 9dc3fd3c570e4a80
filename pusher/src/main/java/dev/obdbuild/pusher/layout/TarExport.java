package dev.obdbuild.pusher.layout;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Index;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarWriter;
import dev.obdbuild.pusher.AssembledImage;
import dev.obdbuild.pusher.ExportStages;
import dev.obdbuild.pusher.ImageTree;
import dev.obdbuild.pusher.output.LayoutOutput.Variant;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Writes an image as an OCI layout in a tar archive: {@code oci-layout}, {@code index.json}, {@code
 * blobs/sha256/..}, sorted by name, without times. For Docker there is {@code manifest.json} too,
 * whose paths lead to the same blobs.
 */
public final class TarExport {

  private static final String BLOBS = "blobs/";
  private static final int BUFFER = 128 << 10;

  private TarExport() {}

  /**
   * Writes the archive.
   *
   * @param names of the image; each gets an entry in {@code index.json}
   * @param out gets the archive in large pieces; not closed, so that whoever owns it can tell a
   *     complete archive from a broken one
   */
  public static void write(
      ImageTree image,
      List<Reference> names,
      Variant variant,
      OutputStream out,
      ExportStages stages)
      throws IOException {
    try (ExportStages.Stage stage = stages.begin("sending tarball")) {
      List<Blob> blobs = new ArrayList<>(Blob.of(image));
      blobs.sort(Comparator.comparing(blob -> blob.descriptor().digest()));
      TarWriter tar = new TarWriter(new BufferedOutputStream(out, BUFFER));
      blobs(tar, blobs, stage);
      document(tar, "index.json", 0644, index(image, names));
      if (variant == Variant.DOCKER) {
        document(tar, "manifest.json", 0644, dockerManifest(image, names));
      }
      document(tar, "oci-layout", 0444, "{\"imageLayoutVersion\":\"1.0.0\"}");
      tar.finish();
    }
  }

  private static void blobs(TarWriter tar, List<Blob> blobs, ExportStages.Stage stage)
      throws IOException {
    folder(tar, BLOBS);
    TreeSet<String> algorithms = new TreeSet<>();
    blobs.forEach(blob -> algorithms.add(blob.descriptor().digest().algorithm()));
    for (String algorithm : algorithms) {
      folder(tar, BLOBS + algorithm + "/");
    }
    long total = blobs.stream().mapToLong(blob -> blob.descriptor().size()).sum();
    long sent = 0;
    for (Blob blob : blobs) {
      Descriptor descriptor = blob.descriptor();
      tar.add(
          TarEntry.builder(TarEntry.Type.FILE, path(descriptor.digest()))
              .mode(0444)
              .size(descriptor.size())
              .build());
      try (InputStream in = blob.open()) {
        in.transferTo(tar.content());
      }
      sent += descriptor.size();
      stage.update(sent, total);
    }
  }

  private static String path(Digest digest) {
    return BLOBS + digest.algorithm() + "/" + digest.hex();
  }

  private static void folder(TarWriter tar, String name) throws IOException {
    tar.add(TarEntry.builder(TarEntry.Type.DIRECTORY, name).build());
  }

  private static void document(TarWriter tar, String name, int mode, String json)
      throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    tar.add(TarEntry.builder(TarEntry.Type.FILE, name).mode(mode).size(bytes.length).build());
    tar.write(bytes, 0, bytes.length);
  }

  private static String index(ImageTree image, List<Reference> names) {
    List<Descriptor> entries = new ArrayList<>();
    for (Reference name : names) {
      Map<String, String> annotations = new HashMap<>(image.root().annotations());
      annotations.put("io.containerd.image.name", name.canonical());
      annotations.put("org.opencontainers.image.ref.name", name.tagOrDigest());
      entries.add(image.root().withAnnotations(annotations));
    }
    if (entries.isEmpty()) {
      entries.add(image.root());
    }
    return new String(new Index(entries).toJson(), StandardCharsets.UTF_8);
  }

  /** What {@code docker load} reads: of two forms of an image the first, which is the ordinary. */
  private static String dockerManifest(ImageTree image, List<Reference> names) {
    AssembledImage loaded = image.images().getFirst();
    JsonWriter json =
        new JsonWriter()
            .always("Config", path(loaded.configDescriptor().digest()))
            .alwaysStrings("RepoTags", names.stream().map(Reference::familiar).toList())
            .alwaysStrings(
                "Layers", loaded.layers().stream().map(layer -> path(layer.digest())).toList());
    return JsonWriter.list(List.of(json));
  }

  /** Names as a layout has them: in full, with a tag. */
  public static List<Reference> names(List<String> given) {
    return given.stream().map(Reference::parse).toList();
  }
}
