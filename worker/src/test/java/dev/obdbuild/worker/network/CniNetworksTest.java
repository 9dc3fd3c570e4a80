package dev.obdbuild.worker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol of CNI, spoken to programs that write down what they are told. */
@NeedsRoot
final class CniNetworksTest {

  @TempDir Path folder;

  private NetworkConfig config(String conf) throws IOException {
    Path file = folder.resolve("cni.json");
    Files.writeString(file, conf);
    return new NetworkConfig(
        NetworkConfig.Mode.CNI,
        file,
        Files.createDirectories(folder.resolve("bin")),
        folder.resolve("state"),
        Optional.empty(),
        0);
  }

  private void plugin(String name, String script) throws IOException {
    Path program = Files.createDirectories(folder.resolve("bin")).resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static final String LIST =
      "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"plugins\":[{\"type\":\"a\",\"x\":1},{\"type\":\"b\"}]}";

  private void recording(String name) throws IOException {
    Path log = folder.resolve("log");
    plugin(
        name,
        "echo $CNI_COMMAND "
            + name
            + " $CNI_CONTAINERID $CNI_IFNAME $(cat) >> "
            + log
            + "; test $CNI_COMMAND = DEL || { test -e $CNI_NETNS && echo '{\"by\":\""
            + name
            + "\"}'; }\n");
  }

  @Test
  void pluginsAreCalledInOrderAndBackwardsAtTheEnd() throws Exception {
    recording("a");
    recording("b");
    try (Networks networks = CniNetworks.open(config(LIST));
        Networks.Attachment one = networks.attach("c1")) {
      assertThat(one.namespace().orElseThrow()).exists();
      assertThat(folder.resolve("state/c1")).exists();
    }
    List<String> log = Files.readAllLines(folder.resolve("log"));
    assertThat(log).hasSize(4);
    assertThat(log.get(0))
        .startsWith("ADD a c1 eth0 ")
        .contains("\"x\":1", "\"cniVersion\":\"1.0.0\"", "\"name\":\"net\"")
        .doesNotContain("prevResult");
    assertThat(log.get(1)).startsWith("ADD b c1 eth0 ").contains("\"prevResult\":{\"by\":\"a\"}");
    assertThat(log.get(2)).startsWith("DEL b c1 ").contains("\"prevResult\":{\"by\":\"b\"}");
    assertThat(log.get(3)).startsWith("DEL a c1 ");
    assertThat(folder.resolve("state")).isEmptyDirectory();
  }

  @Test
  void whatADeadProcessLeftIsUndoneAtTheStart() throws Exception {
    recording("a");
    recording("b");
    Files.createDirectories(folder.resolve("state"));
    Files.writeString(folder.resolve("state/old"), "999999999");
    CniNetworks.open(config(LIST)).close();
    assertThat(Files.readString(folder.resolve("log"))).contains("DEL b old", "DEL a old");
    assertThat(folder.resolve("state")).isEmptyDirectory();
  }

  @Test
  void whatIsMissingOrFailsIsNamed() throws Exception {
    assertThatThrownBy(() -> CniNetworks.open(config(LIST)))
        .hasMessageContaining("cni plugin \"a\"")
        .hasMessageContaining("is not in " + folder.resolve("bin"));
    plugin(
        "a",
        "test $CNI_COMMAND = DEL && exit 0; echo '{\"code\":7,\"msg\":\"no room\"}'; exit 1\n");
    plugin("b", "exit 0\n");
    try (Networks networks = CniNetworks.open(config(LIST))) {
      assertThatThrownBy(() -> networks.attach("c"))
          .hasMessage("cni plugin a failed (ADD): no room");
    }
    Files.delete(folder.resolve("cni.json"));
  }
}
