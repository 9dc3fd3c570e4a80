package dev.obdbuild.worker.cdi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads a file of the CDI specification, in YAML, of which JSON is a part. Members that the
 * specification does not have are refused, as its own reader does.
 */
final class CdiReader {

  private static final int MAX_BYTES = 4 << 20;
  private static final int MAX_ALIASES = 50;
  private static final int MAX_DEPTH = 20;

  /** 0.3 to 1.1, and the 0.2 that became 0.3. */
  private static final Pattern VERSION = Pattern.compile("(0\\.[2-8]\\.0|1\\.[01]\\.0)");

  private static final Pattern VENDOR_OR_CLASS =
      Pattern.compile("[A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9])?");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?");
  private static final Set<String> HOOKS =
      Set.of(
          "prestart",
          "createRuntime",
          "createContainer",
          "startContainer",
          "poststart",
          "poststop");

  private CdiReader() {}

  /**
   * What a file says.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  static CdiFile read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in.readNBytes(MAX_BYTES + 1), file);
    }
  }

  /** The same of its bytes. */
  static CdiFile read(byte[] bytes, Path file) throws IOException {
    try {
      if (bytes.length > MAX_BYTES) {
        throw new IllegalArgumentException("more than " + MAX_BYTES + " bytes");
      }
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      options.setMaxAliasesForCollections(MAX_ALIASES);
      options.setNestingDepthLimit(MAX_DEPTH);
      options.setCodePointLimit(MAX_BYTES);
      Object document =
          new Yaml(new SafeConstructor(options)).load(new String(bytes, StandardCharsets.UTF_8));
      return file(file, new CdiObject("", document));
    } catch (IllegalArgumentException | YAMLException e) {
      throw new IOException("CDI file " + file + ": " + e.getMessage(), e);
    }
  }

  private static CdiFile file(Path path, CdiObject json) {
    String version = json.text("cdiVersion");
    if (!VERSION.matcher(version).matches()) {
      throw new IllegalArgumentException("cdiVersion \"" + version + "\" is not known here");
    }
    String kind = json.text("kind");
    int slash = kind.indexOf('/');
    if (slash < 0
        || !VENDOR_OR_CLASS.matcher(kind.substring(0, slash)).matches()
        || !VENDOR_OR_CLASS.matcher(kind.substring(slash + 1)).matches()) {
      throw new IllegalArgumentException("kind \"" + kind + "\" is not a vendor, slash, class");
    }
    List<CdiFile.Entry> devices = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (CdiObject device : json.objects("devices")) {
      CdiFile.Entry entry = device(device);
      if (!names.add(entry.name())) {
        throw new IllegalArgumentException("there are two devices \"" + entry.name() + "\"");
      }
      devices.add(entry);
    }
    if (devices.isEmpty()) {
      throw new IllegalArgumentException("it has no devices");
    }
    Map<String, String> annotations = json.textMap("annotations");
    ContainerEdits edits = edits(json.object("containerEdits"));
    json.refuseOthers();
    return new CdiFile(path, kind, annotations, edits, devices);
  }

  private static CdiFile.Entry device(CdiObject json) {
    String name = json.text("name");
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(json.where("name") + " \"" + name + "\" is not a name");
    }
    ContainerEdits edits = edits(json.object("containerEdits"));
    if (edits.isEmpty()) {
      throw new IllegalArgumentException("device \"" + name + "\" has no edits");
    }
    Map<String, String> annotations = json.textMap("annotations");
    json.refuseOthers();
    return new CdiFile.Entry(name, annotations, edits);
  }

  private static ContainerEdits edits(CdiObject json) {
    if (!json.objects("netDevices").isEmpty()) {
      throw new IllegalArgumentException(
          json.where("netDevices") + ": network devices cannot be moved into containers here");
    }
    CdiObject rdt = json.object("intelRdt");
    rdt.refuseDeep();
    ContainerEdits edits =
        new ContainerEdits(
            environment(json, "env"),
            json.objects("deviceNodes").stream().map(CdiReader::node).toList(),
            json.objects("mounts").stream().map(CdiReader::mount).toList(),
            json.objects("hooks").stream().map(CdiReader::hook).toList(),
            json.numbers("additionalGids"),
            rdt.members());
    json.refuseOthers();
    return edits;
  }

  private static List<String> environment(CdiObject json, String key) {
    List<String> env = json.texts(key);
    for (String entry : env) {
      if (entry.indexOf('=') <= 0) {
        throw new IllegalArgumentException(
            json.where(key) + ": \"" + entry + "\" is not a variable with its value");
      }
    }
    return env;
  }

  private static ContainerEdits.DeviceNode node(CdiObject json) {
    String path = json.required("path");
    String type = json.text("type");
    if (!Set.of("", "b", "c", "u", "p").contains(type)) {
      throw new IllegalArgumentException(json.where("type") + " \"" + type + "\" is none of bcup");
    }
    String permissions = json.text("permissions");
    if (!permissions.matches("[rwm]*")) {
      throw new IllegalArgumentException(
          json.where("permissions") + " \"" + permissions + "\" is not of the letters rwm");
    }
    String host = json.text("hostPath");
    OptionalLong mode = json.number("fileMode");
    ContainerEdits.DeviceNode node =
        new ContainerEdits.DeviceNode(
            path,
            host.isEmpty() ? path : host,
            type,
            json.number("major").orElse(0),
            json.number("minor").orElse(0),
            mode.isPresent() ? OptionalInt.of((int) mode.getAsLong()) : OptionalInt.empty(),
            permissions,
            json.number("uid"),
            json.number("gid"));
    json.refuseOthers();
    return node;
  }

  private static ContainerEdits.Mount mount(CdiObject json) {
    ContainerEdits.Mount mount =
        new ContainerEdits.Mount(
            json.required("hostPath"),
            json.required("containerPath"),
            json.texts("options"),
            json.text("type"));
    json.refuseOthers();
    return mount;
  }

  private static ContainerEdits.Hook hook(CdiObject json) {
    String name = json.required("hookName");
    if (!HOOKS.contains(name)) {
      throw new IllegalArgumentException(json.where("hookName") + " \"" + name + "\" is not known");
    }
    OptionalLong timeout = json.number("timeout");
    ContainerEdits.Hook hook =
        new ContainerEdits.Hook(
            name,
            json.required("path"),
            json.texts("args"),
            environment(json, "env"),
            timeout.isPresent() ? OptionalInt.of((int) timeout.getAsLong()) : OptionalInt.empty());
    json.refuseOthers();
    return hook;
  }
}
