package dev.obdbuild.snapshots.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.snapshots.fs.BlockGroups.Run;
import org.junit.jupiter.api.Test;

final class BlockGroupsTest {
  private static final long GROUP = 128L << 20;

  @Test
  void neighbouringGroupsAreOneRun() {
    BlockGroups groups = new BlockGroups(GROUP, 10 * GROUP);
    groups.add(0, 4096);
    groups.add(2 * GROUP - 512, 1024);
    groups.add(7 * GROUP, 1);
    assertThat(groups.runs()).containsExactly(new Run(0, 3 * GROUP), new Run(7 * GROUP, GROUP));
  }

  @Test
  void theLastGroupEndsWithTheFilesystem() {
    BlockGroups groups = new BlockGroups(GROUP, 2 * GROUP + 4096);
    groups.add(2 * GROUP, GROUP);
    groups.add(5 * GROUP, GROUP);
    assertThat(groups.runs()).containsExactly(new Run(2 * GROUP, 4096));
  }

  @Test
  void nothingWrittenIsNothingToTrim() {
    assertThat(new BlockGroups(GROUP, GROUP).runs()).isEmpty();
  }
}
