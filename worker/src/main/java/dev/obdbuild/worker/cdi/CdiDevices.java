package dev.obdbuild.worker.cdi;

import dev.obdbuild.llb.ExecOp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The devices that files in some folders describe. They are read each time somebody asks: vendors
 * come and go while a daemon runs. Thread-safe.
 *
 * <p>In the order of the folders a later one's device goes before an earlier one's of the same
 * name; two of one name in one folder are none. Files that cannot be read are passed over and told
 * by {@link #problems}.
 */
public final class CdiDevices {

  /** Devices may be found by what these say, too; that is BuildKit's. */
  private static final String CLASS = "org.mobyproject.buildkit.device.class";

  private static final String AUTO_ALLOW = "org.mobyproject.buildkit.device.autoallow";

  /** Where vendors put their files. */
  public static final List<Path> USUAL =
      List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi"), Path.of("/etc/buildkit/cdi"));

  private final List<Path> folders;
  private final Set<String> autoAllowed;

  /**
   * @param folders those that are not there are empty
   * @param autoAllowed names and kinds that every build may use
   */
  public CdiDevices(List<Path> folders, Set<String> autoAllowed) {
    this.folders = List.copyOf(folders);
    this.autoAllowed = Set.copyOf(autoAllowed);
  }

  /** No device at all. */
  public static CdiDevices none() {
    return new CdiDevices(List.of(), Set.of());
  }

  private record Scan(SortedMap<String, CdiDevice> devices, List<String> problems) {}

  /** All devices, by name. */
  public List<CdiDevice> list() {
    return List.copyOf(scan().devices().values());
  }

  /** What is wrong with the files, one line each. */
  public List<String> problems() {
    return scan().problems();
  }

  private Scan scan() {
    SortedMap<String, CdiDevice> devices = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    for (Path folder : folders) {
      Map<String, CdiDevice> here = new HashMap<>();
      Set<String> twice = new HashSet<>();
      for (Path file : files(folder, problems)) {
        try {
          CdiFile read = CdiReader.read(file);
          for (CdiFile.Entry entry : read.devices()) {
            CdiDevice device = device(read, entry);
            CdiDevice other = here.putIfAbsent(device.name(), device);
            if (other != null) {
              twice.add(device.name());
              problems.add(
                  "device %s is in both %s and %s: it is in neither"
                      .formatted(device.name(), other.file().path(), file));
            }
          }
        } catch (IOException e) {
          problems.add(String.valueOf(e.getMessage()));
        }
      }
      devices.putAll(here);
      twice.forEach(devices::remove);
    }
    return new Scan(devices, List.copyOf(problems));
  }

  private static List<Path> files(Path folder, List<String> problems) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().matches(".*\\.(json|yaml)"))
          .filter(file -> !Files.isDirectory(file))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      problems.add("CDI folder " + folder + ": " + e.getMessage());
      return List.of();
    }
  }

  private CdiDevice device(CdiFile file, CdiFile.Entry entry) {
    Map<String, String> annotations = new HashMap<>(file.annotations());
    annotations.putAll(entry.annotations());
    String name = file.kind() + "=" + entry.name();
    boolean allowed =
        autoAllowed.contains(name)
            || autoAllowed.contains(file.kind())
            || Set.of("1", "t", "T", "true", "TRUE", "True")
                .contains(annotations.getOrDefault(AUTO_ALLOW, ""));
    return new CdiDevice(name, annotations, allowed, file, entry.edits());
  }

  /**
   * The devices that a step gets: those it asks for, by name, by kind ({@code KIND} is the first of
   * them, {@code KIND=*} all) or by the class that an annotation gives them.
   *
   * @throws IOException naming one that there is not and that is no optional one
   */
  public List<CdiDevice> find(List<ExecOp.CdiDevice> wanted) throws IOException {
    if (wanted.isEmpty()) {
      return List.of();
    }
    List<CdiDevice> all = list();
    Set<CdiDevice> found = new LinkedHashSet<>();
    for (ExecOp.CdiDevice one : wanted) {
      List<CdiDevice> fitting = find(one.name(), all);
      if (fitting.isEmpty() && !one.optional()) {
        throw new IOException("required device \"" + one.name() + "\" is not registered");
      }
      found.addAll(fitting);
    }
    return List.copyOf(found);
  }

  private static List<CdiDevice> find(String wanted, List<CdiDevice> all) {
    String kind = CdiDevice.kind(wanted);
    List<CdiDevice> found = List.of();
    if (kind.matches("[^/]+/.+")) {
      String name = wanted.substring(Math.min(wanted.length(), kind.length() + 1));
      Stream<CdiDevice> ofKind = all.stream().filter(d -> d.name().startsWith(kind + "="));
      found =
          switch (name) {
            case "" -> ofKind.limit(1).toList();
            case "*" -> ofKind.toList();
            default -> ofKind.filter(d -> d.name().equals(wanted)).toList();
          };
    }
    return found.isEmpty()
        ? all.stream().filter(d -> wanted.equals(d.annotations().get(CLASS))).toList()
        : found;
  }

  /** What the devices change in a container, what their files have in common first. */
  public static ContainerEdits edits(List<CdiDevice> devices) {
    ContainerEdits edits = ContainerEdits.NONE;
    Set<CdiFile> files = new HashSet<>();
    for (CdiDevice device : devices) {
      if (files.add(device.file())) {
        edits = edits.plus(device.file().edits());
      }
      edits = edits.plus(device.edits());
    }
    return edits;
  }
}
