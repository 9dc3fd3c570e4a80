package dev.obdbuild.builder.gateway;

import dev.obdbuild.builder.BuildKitRelease;
import dev.obdbuild.builder.HostName;
import dev.obdbuild.llb.Platforms;
import dev.obdbuild.protos.types.BuildkitVersion;
import dev.obdbuild.protos.types.CDIDevice;
import dev.obdbuild.protos.types.GCPolicy;
import dev.obdbuild.protos.types.WorkerRecord;
import dev.obdbuild.worker.cdi.CdiDevice;
import dev.obdbuild.worker.cdi.CdiDevices;
import dev.obdbuild.worker.exec.HostPlatforms;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the daemon says of itself: the one worker that it is. */
public final class WorkerRecords {

  /** BuildKit's release whose interface this daemon has; clients choose features by it. */
  public static final BuildkitVersion VERSION =
      BuildkitVersion.newBuilder()
          .setPackage("github.com/moby/buildkit")
          .setVersion(BuildKitRelease.VERSION)
          .setRevision("obd-build")
          .setDockerfileVersion(BuildKitRelease.DOCKERFILE)
          .build();

  private static final String PREFIX = "org.mobyproject.buildkit.worker.";
  private static final int ID_LENGTH = 25;

  private final WorkerRecord fixed;
  private final HostPlatforms platforms;
  private final CdiDevices devices;

  /**
   * The record of this process.
   *
   * @param root keeps the worker's id
   * @param network mode of steps' networks, as shown
   * @param labels from the configuration
   * @param devices that steps may ask for
   */
  public WorkerRecords(
      Path root,
      HostPlatforms platforms,
      String network,
      Map<String, String> labels,
      List<GCPolicy> policies,
      CdiDevices devices)
      throws IOException {
    this.devices = devices;
    Map<String, String> all = new TreeMap<>();
    all.put(PREFIX + "executor", "oci");
    all.put(PREFIX + "hostname", HostName.own());
    all.put(PREFIX + "network", network);
    all.put(PREFIX + "oci.process-mode", "sandbox");
    all.put(PREFIX + "selinux.enabled", "false");
    all.put(PREFIX + "snapshotter", "overlaybd");
    all.putAll(labels);
    WorkerRecord.Builder builder =
        WorkerRecord.newBuilder()
            .setID(id(root.resolve("workerid")))
            .putAllLabels(all)
            .addAllGCPolicy(policies)
            .setBuildkitVersion(VERSION);
    fixed = builder.build();
    this.platforms = platforms;
  }

  /** The record, with the devices that there are and the platforms of which programs run now. */
  public WorkerRecord record() throws IOException {
    WorkerRecord.Builder builder = fixed.toBuilder();
    platforms.all().forEach(platform -> builder.addPlatforms(Platforms.toProto(platform)));
    devices.list().forEach(device -> builder.addCDIDevices(message(device)));
    return builder.build();
  }

  private static CDIDevice message(CdiDevice device) {
    return CDIDevice.newBuilder()
        .setName(device.name())
        .setAutoAllow(device.autoAllow())
        .putAllAnnotations(device.annotations())
        .build();
  }

  private static String id(Path file) throws IOException {
    if (Files.exists(file)) {
      String known = Files.readString(file).strip();
      if (known.length() == ID_LENGTH) {
        return known;
      }
    }
    String fresh = random();
    Path part = file.resolveSibling("workerid." + ProcessHandle.current().pid());
    Files.writeString(part, fresh, StandardCharsets.US_ASCII);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    return fresh;
  }

  /** 25 digits to the base 36, as BuildKit's ids. */
  static String random() {
    String digits = new BigInteger(132, new SecureRandom()).toString(36).toLowerCase(Locale.ROOT);
    return "0"
        .repeat(Math.max(0, ID_LENGTH - digits.length()))
        .concat(digits)
        .substring(0, ID_LENGTH);
  }
}
