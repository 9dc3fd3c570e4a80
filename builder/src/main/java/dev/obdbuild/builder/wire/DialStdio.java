package dev.obdbuild.builder.wire;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/**
 * Joins standard input and output with a connection to a daemon: how clients reach one inside a
 * container. Uses neither gRPC nor Netty, so that it starts quickly.
 */
public final class DialStdio {

  private DialStdio() {}

  /** Copies both ways; returns when the daemon has ended the connection. */
  public static void run(Address address) throws IOException {
    try (SocketChannel channel = connect(address);
        FileInputStream in = new FileInputStream(FileDescriptor.in);
        FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
      Thread.ofPlatform()
          .daemon()
          .name("stdin")
          .start(
              () -> {
                try {
                  in.transferTo(Channels.newOutputStream(channel));
                  channel.shutdownOutput();
                } catch (IOException e) {
                  close(channel);
                }
              });
      Channels.newInputStream(channel).transferTo(out);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static SocketChannel connect(Address address) throws IOException {
    SocketAddress target =
        switch (address) {
          case Address.Unix(var path) -> UnixDomainSocketAddress.of(path);
          case Address.Tcp(var host, var port) -> new InetSocketAddress(host, port);
        };
    SocketChannel channel =
        address instanceof Address.Unix
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    try {
      channel.connect(target);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw new IOException("cannot connect to " + address + ": " + e.getMessage(), e);
    }
  }
}
