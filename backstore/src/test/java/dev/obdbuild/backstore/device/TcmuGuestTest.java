package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.UserModeLinux;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * TCMU for real, in a kernel that has it: user-mode Linux, with this host's files and no need of
 * root. What the guest's tests say is printed.
 */
@NeedsTool({UserModeLinux.TOOL, "depmod", "fio", "mkfs.ext4"})
@Tag("slow")
final class TcmuGuestTest {
  /** A /dev that the kernel does not fill is the harder case; builds have the other one. */
  private static final UserModeLinux GUEST = UserModeLinux.within(300).withStaticDev();

  /** One guest for all of them: its boot and its first class of each kind cost seconds. */
  private static final List<Class<?>> SUITES =
      List.of(
          TcmuConformance.class,
          TcmuFilesystem.class,
          TcmuFio.class,
          TcmuRecovery.class,
          TcmuServed.class);

  /**
   * Exporters' conformance; filesystems and fio, which find no block changed; killed processes
   * succeeded or swept; a server's devices, which outlive it.
   */
  @Test
  void disksDoWhatExportersDoAndOutliveTheProcessThatServesThem() throws Exception {
    List<String> names = SUITES.stream().map(Class::getName).toList();
    assertThat(GUEST.java(GuestSuite.class, names)).isZero();
  }
}
