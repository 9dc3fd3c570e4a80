package dev.obdbuild.snapshots;

import static dev.obdbuild.snapshots.TestStore.on;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.snapshots.changeset.TarFormat;
import dev.obdbuild.snapshots.unpack.LayerApply;
import dev.obdbuild.snapshots.unpack.Listings;
import dev.obdbuild.snapshots.unpack.UnpackOptions;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Snapshots made by random changes come out of their ordinary layers as they are, whoever unpacks
 * them. {@code -Dobd.seed=} repeats a run.
 */
@NeedsRoot
@NeedsDevice
@NeedsTool({"bash", "tar", "setfattr", "setcap", "find"})
final class RoundTripTest {
  private static final int STEPS = 5;
  private static final int CHANGES = 40;

  /** Version 2; owner rw, user 7 r, group r, mask r, others r. */
  private static final String ACL =
      "0x02000000"
          + "01000600ffffffff"
          + "0200040007000000"
          + "04000400ffffffff"
          + "10000400ffffffff"
          + "20000400ffffffff";

  private static final String[] NAMES = {
    "a", "b", "c.d", "e-f", "$'\\xff\\xfe'", "$'new\\nline'", "n".repeat(150), "x y"
  };

  @TempDir Path root;
  @TempDir Path target;

  @Test
  void randomChangesComeOutAsTheyAre() throws Exception {
    long seed = Long.getLong("obd.seed", System.nanoTime());
    Random random = new Random(seed);
    try (Snapshots snapshots = TestStore.open(root);
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Changesets changesets = new Changesets(snapshots, lease);
      Snapshot at = snapshots.scratch();
      for (int i = 0; i < STEPS; i++) {
        at = changesets.step(at, script(random));
      }
      Map<String, String> wanted;
      try (MountedView view = snapshots.view(at)) {
        wanted = on(snapshots, () -> listing(view.path()));
      }
      Path ours = Files.createDirectory(target.resolve("ours"));
      for (Path layer : changesets.files(at, TarFormat.UNCOMPRESSED)) {
        try (TarReader tar = new TarReader(Files.newInputStream(layer), layer.toString())) {
          LayerApply.apply(tar, ours, UnpackOptions.LAYER);
        }
      }
      assertThat(listing(ours)).as("seed " + seed).isEqualTo(wanted);
      Path gnu = Files.createDirectory(target.resolve("gnu"));
      for (Path layer : changesets.files(at, TarFormat.UNCOMPRESSED)) {
        makeRoom(layer, gnu);
        Changesets.shell(gnu, extract(layer));
      }
      // GNU tar sets a folder's time when it leaves it; a link may come later.
      assertThat(withoutFolderTimes(listing(gnu)))
          .as("seed " + seed + " by GNU tar")
          .isEqualTo(withoutFolderTimes(wanted));
      Path whole = target.resolve("whole.tar");
      try (var out = Files.newOutputStream(whole)) {
        changesets.writeTree(at, out);
      }
      Path tree = Files.createDirectory(target.resolve("tree"));
      Changesets.shell(tree, extract(whole));
      assertThat(listing(tree)).as("seed " + seed + " as one archive").isEqualTo(wanted);
    }
  }

  private static String extract(Path archive) {
    return "tar --xattrs --xattrs-include='*' --numeric-owner"
        + " --exclude='.wh.*' --exclude='*/.wh.*' -xpf "
        + archive;
  }

  /** Carries out whiteouts, and makes room where a folder becomes something else. */
  private static void makeRoom(Path layer, Path folder) throws IOException, InterruptedException {
    StringBuilder script = new StringBuilder();
    try (TarReader tar = new TarReader(Files.newInputStream(layer), layer.toString())) {
      for (Optional<TarEntry> e = tar.next(); e.isPresent(); e = tar.next()) {
        String path = "./" + e.get().name();
        String parent = path.substring(0, path.lastIndexOf('/') + 1);
        String name = path.substring(parent.length());
        if (name.equals(".wh..wh..opq")) {
          script.append("[ -L %1$s ] || rm -rf %1$s\n".formatted(quoted(shorn(parent))));
        } else if (name.startsWith(".wh.")) {
          script.append("rm -rf " + quoted(parent + name.substring(4)) + "\n");
        } else if (e.get().type() != TarEntry.Type.DIRECTORY) {
          script.append("[ -L %1$s ] || [ ! -d %1$s ] || rm -rf %1$s\n".formatted(quoted(path)));
        }
      }
    }
    Changesets.shell(folder, script + "true");
  }

  private static String shorn(String directory) {
    return directory.substring(0, directory.length() - 1);
  }

  /** Names hold one char per byte. */
  private static String quoted(String name) {
    StringBuilder out = new StringBuilder("$'");
    for (byte b : name.getBytes(StandardCharsets.ISO_8859_1)) {
      out.append(String.format("\\x%02x", b & 0xFF));
    }
    return out.append('\'').toString();
  }

  /** Everything of a tree that a layer keeps: times to the nanosecond, groups of linked names. */
  private static Map<String, String> listing(Path folder) throws IOException, InterruptedException {
    Map<String, String> lines = new TreeMap<>(Listings.of(folder));
    Process find =
        new ProcessBuilder("find", ".", "-mindepth", "1", "-printf", "%i %T@ %y %P\\0")
            .directory(folder.toFile())
            .start();
    byte[] output = find.getInputStream().readAllBytes();
    find.waitFor();
    Map<String, List<String>> groups = new TreeMap<>();
    for (String line : new String(output, StandardCharsets.ISO_8859_1).split("\0")) {
      if (!line.isEmpty()) {
        String[] parts = line.split(" ", 4);
        lines.put("time of " + parts[3], parts[1] + " " + parts[2]);
        groups.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(parts[3]);
      }
    }
    groups.values().stream()
        .filter(names -> names.size() > 1)
        .map(names -> names.stream().sorted().toList())
        .forEach(names -> lines.put("linked " + names.getFirst(), names.toString()));
    return lines;
  }

  private static Map<String, String> withoutFolderTimes(Map<String, String> listing) {
    Map<String, String> some = new TreeMap<>(listing);
    some.values().removeIf(line -> line.matches("[0-9.]+ d"));
    some.replaceAll((_, line) -> line.replaceFirst("^(DIRECTORY \\S+ \\S+) \\d+", "$1"));
    return some;
  }

  private static String script(Random random) {
    StringBuilder script = new StringBuilder("set +e; exec 2>/dev/null\n");
    for (int i = 0; i < CHANGES; i++) {
      script.append(change(random, path(random), path(random))).append('\n');
    }
    return script.append("true").toString();
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder("./");
    for (int depth = random.nextInt(3); depth > 0; depth--) {
      path.append(NAMES[random.nextInt(NAMES.length)]).append('/');
    }
    String name = NAMES[random.nextInt(NAMES.length)];
    return path + (name.contains(" ") ? "'" + name + "'" : name).replace("x y'/", "x y/");
  }

  private static String change(Random random, String path, String other) {
    String p = path.replace("x y/", "x\\ y/");
    String q = other.replace("x y/", "x\\ y/");
    int n = random.nextInt(1000);
    return switch (random.nextInt(18)) {
      case 0, 1, 2 -> "mkdir -p " + p;
      case 3, 4 -> "mkdir -p $(dirname " + p + "); rm -rf " + p + "; echo " + n + " > " + p;
      case 5 -> "[ -f " + p + " ] && echo " + n + " >> " + p;
      case 6 -> "rm -rf " + p;
      case 7 -> "mv -T " + p + " " + q;
      case 8 -> "ln " + p + " " + q;
      case 9 -> "ln -s " + q + " " + p;
      case 10 -> "mkfifo " + p;
      case 11 -> "mknod " + p + " c " + n + " 300";
      case 12 -> "chmod " + (n % 2 == 0 ? "6755 " : "0750 ") + p;
      case 13 -> "[ -L " + p + " ] || chown " + (n * 10_000) + ":" + n + " " + p;
      case 14 -> "setfattr -n user.k -v 0x00ff0a" + String.format("%04x", n) + " " + p;
      case 15 -> "[ -d " + p + " ] || setfattr -n system.posix_acl_access -v " + ACL + " " + p;
      case 16 -> "setcap cap_net_raw+ep " + p;
      default -> "rm -rf " + p + "; truncate -s 3000000 " + p + "; echo x >> " + p;
    };
  }
}
