package dev.obdbuild.linux.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.testkit.NeedsDevice;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wire: a session served by hand, without any device. */
@NeedsDevice
final class FuseSessionTest {
  private static final int TRANSFER = 1 << 20;

  @TempDir Path folder = Path.of("");

  @Test
  void theMountedFileHasTheSizeAndBytesThatAreServed() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    try (FuseSession session = FuseSession.mount(file);
        ExecutorService server = Executors.newSingleThreadExecutor()) {
      Future<?> serving = server.submit(() -> serve(session));
      assertThat(Files.size(file)).isEqualTo(8192);
      assertThat(Files.readAllBytes(file)).hasSize(8192).containsOnly('x');
      assertThat(session.connection().minor())
          .isEqualTo(MountTable.read().at(file).orElseThrow().minor());
      Mounts.unmount(file);
      serving.get();
    }
    assertThat(file).isEmptyFile();
  }

  @Test
  void abortEndsTheSessionForServerAndUser() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    try (FuseSession session = FuseSession.mount(file);
        ExecutorService server = Executors.newSingleThreadExecutor()) {
      Future<?> serving = server.submit(() -> serve(session));
      assertThat(Files.size(file)).isEqualTo(8192);
      FuseConnection connection = session.connection();
      assertThat(connection.abort()).isTrue();
      serving.get();
      assertThatThrownBy(() -> Files.readAllBytes(file)).hasMessageContaining("not connected");
      Mounts.unmount(file);
      session.close();
      assertThat(connection.abort()).isFalse();
    }
  }

  private static Void serve(FuseSession session) throws Exception {
    try (FuseChannel channel = session.channel(TRANSFER)) {
      while (channel.next()) {
        switch (channel.opcode()) {
          case Opcode.INIT -> new FuseInit(TRANSFER, 64).answer(channel);
          case Opcode.GETATTR -> {
            var body = channel.body(104).fill((byte) 0);
            body.set(ValueLayout.JAVA_LONG_UNALIGNED, 24, 8192);
            body.set(ValueLayout.JAVA_INT_UNALIGNED, 76, 0100600);
            channel.reply(104);
          }
          case Opcode.OPEN -> {
            channel.body(16).fill((byte) 0);
            channel.reply(16);
          }
          case Opcode.READ -> {
            int size = (int) Math.min(channel.size(), 8192 - channel.offset());
            channel.body(size).fill((byte) 'x');
            channel.reply(size);
          }
          case Opcode.FLUSH, Opcode.RELEASE -> channel.done();
          default -> channel.refuse(Errno.ENOSYS);
        }
      }
    }
    return null;
  }
}
