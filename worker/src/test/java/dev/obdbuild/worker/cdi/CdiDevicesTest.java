package dev.obdbuild.worker.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.ExecOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CdiDevicesTest {

  private static final String GPU =
      """
      # what a vendor ships
      cdiVersion: "0.6.0"
      kind: "vendor.com/gpu"
      annotations:
        org.mobyproject.buildkit.device.class: accelerator
      devices:
        - name: "0"
          containerEdits:
            deviceNodes:
              - {path: /dev/gpu0, hostPath: /dev/zero, permissions: rw, fileMode: 0666}
        - name: all
          annotations: {org.mobyproject.buildkit.device.autoallow: "true"}
          containerEdits:
            env: [GPU=all]
      containerEdits:
        env: [VENDOR=yes]
        hooks:
          - hookName: createRuntime
            path: /bin/true
            args: [true-hook, "-x"]
            timeout: 5
        additionalGids: [44]
      """;

  private static final String NET =
      """
      {"cdiVersion": "0.3.0", "kind": "other.org/net", "devices": [
        {"name": "a.b:c", "containerEdits": {"mounts": [
          {"hostPath": "/etc", "containerPath": "/host-etc", "options": ["ro", "bind"]}]}}]}
      """;

  @TempDir private Path temp;
  private Path first;
  private Path second;
  private CdiDevices devices;

  @BeforeEach
  void write() throws IOException {
    first = Files.createDirectories(temp.resolve("first"));
    second = Files.createDirectories(temp.resolve("second"));
    Files.writeString(first.resolve("gpu.yaml"), GPU);
    Files.writeString(first.resolve("net.json"), NET);
    Files.writeString(first.resolve("README.txt"), "no device");
    devices = new CdiDevices(List.of(first, second, temp.resolve("none")), Set.of("other.org/net"));
  }

  private static ExecOp.CdiDevice device(String name) {
    return new ExecOp.CdiDevice(name, false);
  }

  private List<String> found(String... names) throws IOException {
    return devices.find(Set.of(names).stream().map(CdiDevicesTest::device).toList()).stream()
        .map(CdiDevice::name)
        .toList();
  }

  @Test
  void yamlAndJsonAreReadWithTheirAnnotations() {
    assertThat(devices.problems()).isEmpty();
    assertThat(devices.list())
        .extracting(CdiDevice::name)
        .containsExactly("other.org/net=a.b:c", "vendor.com/gpu=0", "vendor.com/gpu=all");
    assertThat(devices.list()).extracting(CdiDevice::autoAllow).containsExactly(true, false, true);
    assertThat(devices.list().get(2).annotations()).hasSize(2);
  }

  @Test
  void aDeviceIsFoundByNameKindOrClass() throws IOException {
    assertThat(found("vendor.com/gpu=all")).containsExactly("vendor.com/gpu=all");
    assertThat(found("vendor.com/gpu")).containsExactly("vendor.com/gpu=0");
    assertThat(found("vendor.com/gpu=*")).hasSize(2);
    assertThat(found("accelerator")).containsExactly("vendor.com/gpu=0", "vendor.com/gpu=all");
    assertThatThrownBy(() -> found("vendor.com/gpu=7"))
        .hasMessage("required device \"vendor.com/gpu=7\" is not registered");
    assertThatThrownBy(() -> found("gpu")).hasMessageContaining("\"gpu\" is not registered");
    assertThat(devices.find(List.of(new ExecOp.CdiDevice("vendor.com/gpu=7", true)))).isEmpty();
  }

  @Test
  void whatDevicesOfAFileHaveInCommonComesOnce() throws IOException {
    ContainerEdits edits = CdiDevices.edits(devices.find(List.of(device("vendor.com/gpu=*"))));

    assertThat(edits.env()).containsExactly("VENDOR=yes", "GPU=all");
    assertThat(edits.groups()).containsExactly(44L);
    assertThat(edits.hooks())
        .singleElement()
        .satisfies(
            hook -> {
              assertThat(hook.name()).isEqualTo("createRuntime");
              assertThat(hook.args()).containsExactly("true-hook", "-x");
              assertThat(hook.timeout()).hasValue(5);
            });
    assertThat(edits.deviceNodes())
        .singleElement()
        .satisfies(node -> assertThat(node.fileMode()).hasValue(0666));
  }

  @Test
  void aLaterFolderGoesFirstAndTwoOfOneNameInAFolderAreNone() throws IOException {
    Files.writeString(second.resolve("gpu.yaml"), GPU.replace("GPU=all", "GPU=second"));
    assertThat(CdiDevices.edits(devices.find(List.of(device("vendor.com/gpu=all")))).env())
        .contains("GPU=second");

    Files.writeString(second.resolve("again.yaml"), GPU);
    assertThat(devices.problems()).hasSize(2).allMatch(line -> line.contains("again.yaml"));
    assertThatThrownBy(() -> found("other.org/net=x")).hasMessageContaining("not registered");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "cdiVersion: \"9.0.0\"",
        "{cdiVersion: 0.6, kind: a.b/c}",
        "{cdiVersion: 0.6.0, kind: no-class, devices: []}",
        "{cdiVersion: 0.6.0, kind: a.b/c, devices: []}",
        "{cdiVersion: 0.6.0, kind: a.b/c, devices: [{name: x}]}",
        "{cdiVersion: 0.6.0, kind: a.b/c, devices: [{name: '-', containerEdits: {env: [A=1]}}]}",
        "{cdiVersion: 0.6.0, kind: a.b/c, devices: [{name: x, containerEdits: {env: [A]}}]}",
        "{cdiVersion: 0.6.0, kind: a.b/c, devices: [{name: x, containerEdits: {env: A=1}}]}",
        "{cdiVersion: 0.6.0, kind: a.b/c, devices: [{name: x, containerEdits: {enw: [A=1]}}]}",
        "{cdiVersion: 0.6.0, kind: a.b/c, more: 1, devices: [{name: x, containerEdits: {env: [A=1]}}]}",
        "{cdiVersion: 0.6.0, kind: a.b/c, devices: [{name: x, containerEdits: {deviceNodes: [{}]}}]}",
        "{cdiVersion: 0.6.0, kind: a.b/c, devices: [{name: x, containerEdits:"
            + " {deviceNodes: [{path: /d, permissions: q}]}}]}",
        "{cdiVersion: 0.6.0, kind: a.b/c, devices: [{name: x, containerEdits:"
            + " {hooks: [{hookName: never, path: /h}]}}]}",
        "{cdiVersion: 1.1.0, kind: a.b/c, devices: [{name: x, containerEdits:"
            + " {netDevices: [{hostInterfaceName: eth0, name: e}]}}]}",
        "{cdiVersion: 0.6.0, kind: a.b/c, devices: [{name: x, containerEdits:"
            + " {additionalGids: [-1]}}]}",
        "!!javax.script.ScriptEngineManager [x]",
        "{cdiVersion: 0.6.0, cdiVersion: 0.6.0}",
        "a: &a [*a]",
        "{"
      })
  void aFileThatMakesNoSenseIsToldAndCostsNoOtherFile(String text) throws IOException {
    Files.writeString(second.resolve("bad.yaml"), text);

    assertThat(devices.problems())
        .singleElement()
        .asString()
        .startsWith("CDI file " + second.resolve("bad.yaml") + ": ");
    assertThat(devices.list()).hasSize(3);
  }

  private List<String> admitted(Set<String> entitlements, String... wanted) throws IOException {
    return DeviceGrant.of(entitlements)
        .admit(List.of(wanted).stream().map(CdiDevicesTest::device).toList(), devices)
        .stream()
        .map(CdiDevice::name)
        .toList();
  }

  @Test
  void aDeviceMustBeGrantedUnlessEveryBuildMayUseIt() throws IOException {
    assertThat(admitted(Set.of(), "vendor.com/gpu=all", "other.org/net")).hasSize(2);
    assertThatThrownBy(() -> admitted(Set.of("network.host"), "vendor.com/gpu=0"))
        .hasMessage("device vendor.com/gpu=0 is requested by the build but not allowed");
    assertThat(admitted(Set.of("device"), "vendor.com/gpu=0")).hasSize(1);
    assertThat(admitted(Set.of("device=vendor.com/gpu"), "accelerator")).hasSize(2);
    assertThat(admitted(Set.of("device=vendor.com/gpu=0,alias=mine"), "mine"))
        .containsExactly("vendor.com/gpu=0");
    assertThatThrownBy(() -> admitted(Set.of("device=other.org/net"), "vendor.com/gpu=0"))
        .hasMessageContaining("not allowed");
  }

  @Test
  void aGrantThatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> DeviceGrant.of(Set.of("device=a,b")))
        .hasMessage("invalid device config \"b\"");
    assertThatThrownBy(() -> DeviceGrant.of(Set.of("device=a,b=c")))
        .hasMessage("unknown device config key \"b\"");
  }
}
