package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Images that any runtime can pull and that are block devices for those that know them. */
final class BothWorldsTest extends DaemonTest {

  private static final String ORDINARY = "application/vnd.oci.image.layer.v1.tar+gzip";

  private void push(String name, String format) throws Exception {
    Path context = it.context("FROM BASE\nRUN echo " + format + " > /made\n");
    it.build(context, push(name) + ",format=" + format).ok();
    it.buildctl("prune", "--all").ok();
  }

  private String from(String name) throws Exception {
    Path context = it.context("FROM " + it.registry() + "/" + name + "\nRUN cat /made\n");
    return it.build(context).ok().err();
  }

  @Test
  void ofAnIndexWithBothOthersTakeTheOrdinaryImageAndWeTheBlocks() throws Exception {
    push("worlds/index:1", "both-index");

    String printed = from("worlds/index:1");

    assertThat(printed).contains("both-index").doesNotContain("extracting");
    Path layout = temp.resolve("copied");
    it.client()
        .run(
            "skopeo",
            "copy",
            "--src-tls-verify=false",
            "docker://" + it.registry() + "/worlds/index:1",
            "oci:" + layout + ":1")
        .ok();
    assertThat(it.client().run("skopeo", "inspect", "--raw", "oci:" + layout + ":1").ok().out())
        .contains(ORDINARY)
        .doesNotContain("overlaybd");
  }

  @Test
  void theBlocksThatReferToAnOrdinaryImageAreFound() throws Exception {
    push("worlds/referred:1", "both");

    assertThat(from("worlds/referred:1")).contains("both").doesNotContain("extracting");
    assertThat(inspect("worlds/referred:1", "--raw")).contains(ORDINARY);
  }
}
