package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.UserModeLinux;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * TCMU for real, in a kernel that has it: user-mode Linux, with this host's files and no need of
 * root. What the guest's tests say is printed.
 */
@NeedsTool({UserModeLinux.TOOL, "depmod", "fio", "mkfs.ext4"})
@Tag("slow")
final class TcmuGuestTest {
  private static final UserModeLinux GUEST = UserModeLinux.within(180);

  @Test
  void disksDoWhatExportersDo() throws Exception {
    assertThat(run(GUEST, TcmuConformance.class)).isZero();
  }

  @Test
  void filesystemsLiveOnDisksAndFioFindsNoBlockChanged() throws Exception {
    assertThat(run(GUEST, TcmuFilesystem.class, TcmuFio.class)).isZero();
  }

  @Test
  void killedProcessesAreSucceededOrSwept() throws Exception {
    assertThat(run(GUEST.withStaticDev(), TcmuRecovery.class)).isZero();
  }

  @Test
  void aServersDevicesOutliveIt() throws Exception {
    assertThat(run(GUEST.withStaticDev(), TcmuServed.class)).isZero();
  }

  private static int run(UserModeLinux guest, Class<?>... suites) throws Exception {
    List<String> names = Stream.of(suites).map(Class::getName).toList();
    return guest.java(GuestSuite.class, names);
  }
}
