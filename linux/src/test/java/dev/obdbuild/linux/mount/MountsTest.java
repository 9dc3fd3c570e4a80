package dev.obdbuild.linux.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.sys.LinuxException;
import dev.obdbuild.testkit.NeedsRoot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot
final class MountsTest {
  @TempDir Path folder = Path.of("");

  @Test
  void mountsRemountsBindsAndUnmounts() throws IOException {
    Path mnt = Files.createDirectory(folder.resolve("with space"));
    Path other = Files.createDirectory(folder.resolve("other"));
    Mounts.mount("tmp", mnt, "tmpfs", Set.of(MountFlag.NO_SUID), "size=1m");
    try {
      assertThat(MountTable.read().at(mnt).orElseThrow().options()).contains("rw", "nosuid");
      Files.writeString(mnt.resolve("file"), "text");
      Mounts.remount(mnt, Set.of(MountFlag.READ_ONLY), "");
      assertThat(MountTable.read().at(mnt).orElseThrow().readOnly()).isTrue();
      assertThatThrownBy(() -> Files.writeString(mnt.resolve("file"), "more"))
          .isInstanceOf(IOException.class);
      Mounts.bind(mnt, other);
      assertThat(other.resolve("file")).hasContent("text");
      Mounts.detach(other);
      assertThat(other).isEmptyDirectory();
    } finally {
      Mounts.unmount(mnt);
    }
    assertThat(MountTable.read().below(folder)).isEmpty();
  }

  @Test
  void aMountInUseIsBusyAndCanBeDetached() throws IOException {
    Path mnt = Files.createDirectory(folder.resolve("mnt"));
    Mounts.mount("tmp", mnt, "tmpfs", Set.of(), "");
    try (OutputStream open = Files.newOutputStream(mnt.resolve("file"))) {
      assertThatThrownBy(() -> Mounts.unmount(mnt))
          .isInstanceOf(LinuxException.class)
          .hasMessageContaining("EBUSY")
          .hasMessageContaining(mnt.toString());
      assertThatThrownBy(() -> Mounts.remount(mnt, Set.of(MountFlag.READ_ONLY), ""))
          .hasMessageContaining("EBUSY");
      Mounts.detach(mnt);
      open.write(1);
    }
    assertThat(MountTable.read().at(mnt)).isEmpty();
  }

  @Test
  void aRefusedMountNamesSourceTypeAndTarget() {
    assertThatThrownBy(() -> Mounts.mount("nothing", folder, "ext4", Set.of(), "x=y"))
        .hasMessageContaining("nothing")
        .hasMessageContaining("ext4")
        .hasMessageContaining(folder.toString());
  }
}
