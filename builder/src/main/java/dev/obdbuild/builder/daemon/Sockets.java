package dev.obdbuild.builder.daemon;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;

/** Paths of unix sockets: made free before, given their owner after a server listens there. */
final class Sockets {

  private Sockets() {}

  /**
   * Removes what a dead process left at a path.
   *
   * @throws IOException when somebody listens there, or it is no socket
   */
  static void makeFree(Path path) throws IOException {
    Path folder = path.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isRegularFile(path) || Files.isDirectory(path)) {
      throw new IOException(path + " is there and is no socket");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
      throw new AddressInUseException(path);
    } catch (AddressInUseException e) {
      throw e;
    } catch (IOException e) {
      // Nobody answers: its owner is gone.
      Files.delete(path);
    }
  }

  /** Somebody listens there already. */
  private static final class AddressInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    AddressInUseException(Path path) {
      super("another daemon listens on " + path);
    }
  }

  /** Lets its owner and group connect, and nobody else. */
  static void protect(Path path, OptionalInt user, OptionalInt group) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
    if (user.isPresent()) {
      Files.setAttribute(path, "unix:uid", user.getAsInt(), LinkOption.NOFOLLOW_LINKS);
    }
    if (group.isPresent()) {
      Files.setAttribute(path, "unix:gid", group.getAsInt(), LinkOption.NOFOLLOW_LINKS);
    }
  }
}
