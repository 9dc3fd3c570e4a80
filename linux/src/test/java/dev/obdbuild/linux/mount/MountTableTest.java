package dev.obdbuild.linux.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MountTableTest {
  private static final String TABLE =
      """
      22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw,errors=remount-ro
      30 22 0:25 /sub /mnt/with\\040space ro,nosuid - tmpfs tmp\\134fs rw,size=1024k
      31 30 0:26 / /mnt/with\\040space rw shared:2 master:1 - fuse.obd obd rw,user_id=0
      40 22 7:3 / /mnt/other rw - ext4 /dev/loop3 ro
      """;

  @Test
  void readsEveryFieldOfALine() throws IOException {
    assertThat(MountTable.parse(TABLE).mounts().get(1))
        .isEqualTo(
            new MountPoint(
                30,
                22,
                0,
                25,
                "/sub",
                Path.of("/mnt/with space"),
                List.of("ro", "nosuid"),
                "tmpfs",
                "tmp\\fs",
                List.of("rw", "size=1024k")));
  }

  @Test
  void theTopmostMountOfATargetIsTheLast() throws IOException {
    MountTable table = MountTable.parse(TABLE);
    assertThat(table.at(Path.of("/mnt/with space")).orElseThrow().type()).isEqualTo("fuse.obd");
    assertThat(table.at(Path.of("/mnt"))).isEmpty();
  }

  @Test
  void mountsBelowAFolderComeInTheOrderToUnmountThem() throws IOException {
    assertThat(MountTable.parse(TABLE).below(Path.of("/mnt")))
        .extracting(MountPoint::id)
        .containsExactly(40, 31, 30);
  }

  @Test
  void aMountIsReadOnlyByItselfOrByItsFilesystem() throws IOException {
    List<MountPoint> mounts = MountTable.parse(TABLE).mounts();
    assertThat(mounts).extracting(MountPoint::readOnly).containsExactly(false, true, false, true);
    assertThat(MountTable.parse(TABLE).from("/dev/loop3")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "1 2 3:4 / / rw",
        "1 2 34 / / rw - ext4 /dev/x rw",
        "a 1 8:1 / / rw - ext4 /dev/x rw"
      })
  void aLineThatIsNotUnderstoodIsShown(String line) {
    assertThatThrownBy(() -> MountTable.parse(line))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(line);
  }

  @Test
  void theKernelsOwnTableCanBeRead() throws IOException {
    assertThat(MountTable.read().at(Path.of("/"))).isPresent();
  }
}
