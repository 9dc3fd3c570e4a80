package dev.obdbuild.builder.request;

import dev.obdbuild.builder.config.AnnotationSpec;
import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.config.OutputSpec;
import dev.obdbuild.builder.export.ExportRequest;
import dev.obdbuild.builder.session.serve.OutputTarget;
import dev.obdbuild.oci.content.LayoutFolder;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns outputs as the user wrote them into exporters and the places that they write to. */
final class OutputPlan {

  private static final String STORE = "export";

  private final BuildOptions.Output options;
  private final Surroundings around;
  private final Opened opened;
  private final List<ExportRequest.Entry> entries = new ArrayList<>();
  private Optional<Path> layout = Optional.empty();
  private boolean printed;

  OutputPlan(BuildOptions.Output options, Surroundings around, Opened opened) {
    this.options = options;
    this.around = around;
    this.opened = opened;
  }

  /** The folder of an output that is a layout, whose index the client writes. */
  Optional<Path> layout() {
    return layout;
  }

  List<ExportRequest.Entry> plan() throws IOException {
    List<OutputSpec> specs = new ArrayList<>(options.specs());
    boolean pushable = specs.stream().anyMatch(OutputPlan::isStored);
    if (specs.isEmpty() || (options.push() || options.keep()) && !pushable) {
      specs.add(new OutputSpec("image", "", new TreeMap<>()));
    }
    for (OutputSpec spec : specs) {
      if (!spec.type().equals("cacheonly")) {
        entries.add(entry(spec));
      }
    }
    return entries;
  }

  private static boolean isStored(OutputSpec spec) {
    return spec.type().equals("image") || spec.type().equals("registry");
  }

  private ExportRequest.Entry entry(OutputSpec spec) throws IOException {
    SortedMap<String, String> attrs = new TreeMap<>(spec.attrs());
    if (spec.isImage()) {
      if (!attrs.containsKey("name") && !options.tags().isEmpty()) {
        attrs.put("name", String.join(",", options.tags()));
      }
      for (AnnotationSpec annotation : options.annotations()) {
        attrs.putIfAbsent(annotation.attribute(), annotation.value());
      }
    }
    String type = spec.type();
    switch (type) {
      case "image", "registry" -> {
        store(spec, attrs);
        type = "image";
      }
      case "oci", "docker" -> layout(spec, attrs);
      case "tar" -> file(spec);
      case "local" -> folder(spec, attrs);
      default -> throw new IllegalArgumentException("exporter \"" + type + "\" could not be found");
    }
    return new ExportRequest.Entry(type, attrs);
  }

  private void store(OutputSpec spec, SortedMap<String, String> attrs) {
    if (!spec.dest().isEmpty()) {
      throw new IllegalArgumentException(
          "--output type=" + spec.type() + ": dest makes no sense; name the image with name=");
    }
    boolean registry = spec.type().equals("registry");
    if (registry || options.push()) {
      attrs.put("push", "true");
    }
    boolean push = attrs.getOrDefault("push", "false").equals("true");
    if (push && attrs.getOrDefault("name", "").isEmpty()) {
      throw new IllegalArgumentException(
          "tag is needed when pushing to registry: add -t REGISTRY/NAME:TAG");
    }
    attrs.putIfAbsent("push", "false");
    attrs.putIfAbsent("store", Boolean.toString(options.keep() || !push));
  }

  private void layout(OutputSpec spec, SortedMap<String, String> attrs) throws IOException {
    String tar = attrs.getOrDefault("tar", "true");
    if (!tar.equals("false") && !tar.equals("0")) {
      file(spec);
      return;
    }
    if (layout.isPresent()) {
      throw new IllegalArgumentException(
          "--output type=" + spec.type() + ": only one output can be a folder of blobs");
    }
    Path folder = Path.of(dest(spec));
    opened.stores.put(STORE, new LayoutFolder(folder));
    layout = Optional.of(folder);
  }

  private static String dest(OutputSpec spec) {
    if (spec.dest().isEmpty()) {
      throw new IllegalArgumentException(
          "dest is required for " + spec.type() + " exporter" + hint(spec));
    }
    return spec.dest();
  }

  private static String hint(OutputSpec spec) {
    return spec.type().equals("docker")
        ? ": there is no docker to load it into; --load keeps the image in the local store"
        : "";
  }

  private void file(OutputSpec spec) throws IOException {
    String dest = spec.dest();
    if (spec.type().equals("docker")) {
      dest = dest(spec);
    }
    if (dest.isEmpty() || dest.equals("-")) {
      if (around.isTerminal()) {
        throw new IllegalArgumentException(
            "dest file is required for " + spec.type() + " exporter. refusing to write to console");
      }
      if (printed) {
        throw new IllegalArgumentException(
            "--output type=" + spec.type() + ": only one output can go to standard output");
      }
      printed = true;
      opened.targets.put(entries.size(), (OutputTarget.Single) metadata -> kept(around.out()));
      return;
    }
    Path path = Path.of(dest).toAbsolutePath();
    if (Files.isDirectory(path)) {
      throw new IllegalArgumentException("destination file " + dest + " is a directory");
    }
    if (path.getParent() != null) {
      Files.createDirectories(path.getParent());
    }
    opened.targets.put(
        entries.size(), (OutputTarget.Single) metadata -> Files.newOutputStream(path));
  }

  /** Standard output is not ours to close. */
  private static OutputStream kept(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
      }

      @Override
      public void close() throws IOException {
        out.flush();
      }
    };
  }

  private void folder(OutputSpec spec, SortedMap<String, String> attrs) {
    String dest = dest(spec);
    if (dest.equals("-")) {
      throw new IllegalArgumentException("dest cannot be stdout for local exporter");
    }
    boolean mirror = attrs.getOrDefault("mode", "").equals("delete");
    opened.targets.put(entries.size(), new OutputTarget.Folder(Path.of(dest), mirror));
  }
}
