package dev.obdbuild.builder.daemon;

import java.io.IOException;
import java.nio.file.Path;

/** A certificate authority for tests, made by openssl: its files are PEM in one folder. */
final class Authority {

  private final Client client;
  private final Path folder;
  private final String name;

  private Authority(Client client, Path folder, String name) {
    this.client = client;
    this.folder = folder;
    this.name = name;
  }

  /** Makes one in an existing folder. */
  static Authority make(Client client, Path folder, String name)
      throws IOException, InterruptedException {
    client
        .run(
            "sh",
            "-c",
            """
            cd "$0" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
              -subj "/CN=$1" -keyout "$1.key" -out "$1.pem"
            """,
            folder.toString(),
            name)
        .ok();
    return new Authority(client, folder, name);
  }

  /** Makes a certificate for 127.0.0.1 that it signs, and its key: {@code NAME.pem, NAME.key}. */
  void sign(String subject) throws IOException, InterruptedException {
    client
        .run(
            "sh",
            "-c",
            """
            cd "$0" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
              -subj "/CN=$2" -addext subjectAltName=IP:127.0.0.1,DNS:localhost \
              -addext basicConstraints=critical,CA:FALSE -CA "$1.pem" -CAkey "$1.key" \
              -keyout "$2.key" -out "$2.pem"
            """,
            folder.toString(),
            name,
            subject)
        .ok();
  }

  /** One of the files. */
  String file(String fileName) {
    return folder.resolve(fileName).toString();
  }
}
