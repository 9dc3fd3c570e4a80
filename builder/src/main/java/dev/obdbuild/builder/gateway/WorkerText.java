package dev.obdbuild.builder.gateway;

import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.protos.pb.Platform;
import dev.obdbuild.protos.types.CDIDevice;
import dev.obdbuild.protos.types.WorkerRecord;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Records of workers in the JSON that frontends' environments have. */
final class WorkerText {

  private WorkerText() {}

  static String of(List<WorkerRecord> workers) {
    return workers.stream().map(WorkerText::of).collect(Collectors.joining(",", "[", "]"));
  }

  private static String of(WorkerRecord worker) {
    return "{\"id\":"
        + JsonWriter.text(worker.getID())
        + ",\"labels\":"
        + labels(worker.getLabelsMap())
        + ",\"platforms\":"
        + worker.getPlatformsList().stream()
            .map(WorkerText::platform)
            .collect(Collectors.joining(",", "[", "]"))
        + ",\"gcPolicy\":[],\"buildkitVersion\":{\"package\":"
        + JsonWriter.text(worker.getBuildkitVersion().getPackage())
        + ",\"version\":"
        + JsonWriter.text(worker.getBuildkitVersion().getVersion())
        + ",\"revision\":"
        + JsonWriter.text(worker.getBuildkitVersion().getRevision())
        + "},\"cdiDevices\":"
        + worker.getCDIDevicesList().stream()
            .map(WorkerText::device)
            .collect(Collectors.joining(",", "[", "]"))
        + "}";
  }

  private static String device(CDIDevice device) {
    return "{\"name\":"
        + JsonWriter.text(device.getName())
        + ",\"autoAllow\":"
        + device.getAutoAllow()
        + ",\"annotations\":"
        + labels(device.getAnnotationsMap())
        + ",\"onDemand\":"
        + device.getOnDemand()
        + "}";
  }

  private static String labels(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(it -> JsonWriter.text(it.getKey()) + ":" + JsonWriter.text(it.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String platform(Platform platform) {
    return "{\"architecture\":"
        + JsonWriter.text(platform.getArchitecture())
        + ",\"os\":"
        + JsonWriter.text(platform.getOS())
        + (platform.getVariant().isEmpty()
            ? ""
            : ",\"variant\":" + JsonWriter.text(platform.getVariant()))
        + "}";
  }
}
