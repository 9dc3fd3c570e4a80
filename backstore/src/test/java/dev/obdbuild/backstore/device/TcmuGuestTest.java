package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.NeedsTool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * TCMU for real, in a kernel that has it: user-mode Linux, with this host's files and no need of
 * root. What the guest's tests say is printed.
 */
@NeedsTool({"linux.uml", "depmod", "fio", "mkfs.ext4"})
@Tag("slow")
final class TcmuGuestTest {
  private static final int SECONDS = 180;

  @Test
  void disksDoWhatExportersDo() throws Exception {
    assertThat(Guest.run(SECONDS, false, TcmuConformance.class)).isZero();
  }

  @Test
  void filesystemsLiveOnDisksAndFioFindsNoBlockChanged() throws Exception {
    assertThat(Guest.run(SECONDS, false, TcmuFilesystem.class, TcmuFio.class)).isZero();
  }

  @Test
  void killedProcessesAreSucceededOrSwept() throws Exception {
    assertThat(Guest.run(SECONDS, true, TcmuRecovery.class)).isZero();
  }
}
