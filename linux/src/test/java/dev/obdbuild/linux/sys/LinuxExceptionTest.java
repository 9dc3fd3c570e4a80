package dev.obdbuild.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinuxExceptionTest {
  @TempDir Path folder = Path.of("");

  @Test
  void theMessageNamesCallSubjectAndError() {
    LinuxException e = new LinuxException("umount", "/mnt", 16);
    assertThat(e).hasMessageStartingWith("umount /mnt: EBUSY (").hasMessageContaining("busy");
    assertThat(e.is(Errno.EBUSY)).isTrue();
    assertThat(new LinuxException("x", "y", 4711)).hasMessageContaining("errno 4711");
  }

  @Test
  void aRealCallReportsItsErrno() {
    assertThatThrownBy(() -> Descriptor.read(folder.resolve("missing")))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
        .hasMessageContaining("missing");
  }

  @Test
  void everyNumberHereHasTheNameThatTheSystemGivesIt() throws Exception {
    for (var field : Errno.class.getFields()) {
      assertThat(Errno.name(field.getInt(null))).isEqualTo(field.getName());
    }
  }

  @Test
  void aClosedDescriptorIsNotUsedAgain() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    Descriptor descriptor = Descriptor.readWrite(file);
    assertThatThrownBy(() -> descriptor.ioctl("BLKFLSBUF", 0x1261, 0))
        .hasMessageContaining("ENOTTY");
    descriptor.close();
    descriptor.close();
    assertThatThrownBy(descriptor::number).isInstanceOf(IllegalStateException.class);
  }
}
