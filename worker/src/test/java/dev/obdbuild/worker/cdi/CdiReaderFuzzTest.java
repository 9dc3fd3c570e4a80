package dev.obdbuild.worker.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import tools.jackson.databind.json.JsonMapper;

/** Any bytes as a vendor's file: refused by name, or edits that a configuration can be made of. */
@Tag("fuzz")
final class CdiReaderFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void files(byte[] bytes) {
    CdiFile file;
    try {
      file = CdiReader.read(bytes, Path.of("/etc/cdi/v.yaml"));
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith("CDI file /etc/cdi/v.yaml: ");
      return;
    }
    assertThat(file.kind()).matches("[A-Za-z][\\w.-]*/[A-Za-z][\\w.-]*");
    assertThat(file.devices()).isNotEmpty().allMatch(device -> !device.edits().isEmpty());
    for (CdiFile.Entry device : file.devices()) {
      assertThat(new JsonMapper().writeValueAsString(device.edits().intelRdt()))
          .hasSizeLessThan(10 * bytes.length + 100);
      assertThat(device.edits().env()).allMatch(entry -> entry.indexOf('=') > 0);
    }
  }
}
