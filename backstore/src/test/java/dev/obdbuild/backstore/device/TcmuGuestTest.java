package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.UserModeLinux;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  /**
   * Two guests, since one uses no more than a processor; more would cost their boot and their first
   * class of each kind.
   */
  private static final List<List<Class<?>>> SUITES =
      List.of(
          List.of(TcmuConformance.class, TcmuFilesystem.class, TcmuFio.class),
          List.of(TcmuRecovery.class, TcmuServed.class));

  /**
   * Exporters' conformance; filesystems and fio, which find no block changed; killed processes
   * succeeded or swept; a server's devices, which outlive it.
   */
  @Test
  void disksDoWhatExportersDoAndOutliveTheProcessThatServesThem() throws Exception {
    try (ExecutorService guests = Executors.newFixedThreadPool(SUITES.size())) {
      List<Future<Integer>> ends = new ArrayList<>();
      for (List<Class<?>> suite : SUITES) {
        List<String> names = suite.stream().map(Class::getName).toList();
        ends.add(guests.submit(() -> GUEST.java(GuestSuite.class, names)));
      }
      for (Future<Integer> end : ends) {
        assertThat(end.get()).isZero();
      }
    }
  }
}
