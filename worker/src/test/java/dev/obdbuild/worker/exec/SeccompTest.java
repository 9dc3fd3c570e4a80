package dev.obdbuild.worker.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SeccompTest {

  private final JsonMapper json = JsonMapper.builder().build();

  private ObjectNode filter(String arch, String kernel, Set<String> caps) throws Exception {
    return Seccomp.load(json).filter(arch, kernel, caps);
  }

  private static List<JsonNode> rulesFor(ObjectNode filter, String call) {
    return StreamSupport.stream(filter.get("syscalls").spliterator(), false)
        .filter(
            r ->
                StreamSupport.stream(r.get("names").spliterator(), false)
                    .anyMatch(n -> n.asString().equals(call)))
        .toList();
  }

  @Test
  void the_default_step_may_open_files_but_not_mount() throws Exception {
    ObjectNode filter = filter("amd64", "6.18.44", Set.copyOf(Capabilities.DEFAULT));

    assertThat(filter.get("defaultAction").asString()).isEqualTo("SCMP_ACT_ERRNO");
    assertThat(filter.get("defaultErrnoRet").asInt()).isEqualTo(1);
    assertThat(rulesFor(filter, "openat")).hasSize(1);
    assertThat(rulesFor(filter, "mount")).isEmpty();
    assertThat(rulesFor(filter, "kexec_load")).isEmpty();
    assertThat(rulesFor(filter, "chroot")).hasSize(1);
    assertThat(rulesFor(filter, "arch_prctl")).hasSize(1);
    assertThat(rulesFor(filter, "arm_sync_file_range")).isEmpty();
  }

  @Test
  void a_new_namespace_needs_the_administrators_capability() throws Exception {
    ObjectNode without = filter("amd64", "6.1", Set.copyOf(Capabilities.DEFAULT));
    ObjectNode with = filter("amd64", "6.1", Set.of("CAP_SYS_ADMIN"));

    assertThat(rulesFor(without, "clone").getFirst().get("args").get(0).get("op").asString())
        .isEqualTo("SCMP_CMP_MASKED_EQ");
    assertThat(rulesFor(without, "clone3").getFirst().get("errnoRet").asInt()).isEqualTo(38);
    assertThat(rulesFor(with, "clone").getFirst().has("args")).isFalse();
    assertThat(rulesFor(with, "clone3").getFirst().get("action").asString())
        .isEqualTo("SCMP_ACT_ALLOW");
  }

  @Test
  void an_old_kernel_gets_no_ptrace() throws Exception {
    assertThat(rulesFor(filter("amd64", "4.7.9", Set.of()), "ptrace")).isEmpty();
    assertThat(rulesFor(filter("amd64", "4.8.0", Set.of()), "ptrace")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "6.18.44-fc, 4.8, true",
    "4.10, 4.8, true",
    "4.7.99, 4.8, false",
    "5, 4.8, true",
    "3.99, 4.8, false"
  })
  void kernels_compare_by_number(String kernel, String wanted, boolean enough) {
    assertThat(Seccomp.atLeast(kernel, wanted)).isEqualTo(enough);
  }
}
