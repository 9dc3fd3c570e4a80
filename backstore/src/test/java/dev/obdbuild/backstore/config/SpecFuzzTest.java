package dev.obdbuild.backstore.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.json.MalformedDocumentException;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever is in a configuration file, it is understood or refused by name. */
final class SpecFuzzTest {
  private static final String IMAGE =
      """
      {"repoBlobUrl": "https://r.example/v2/a/b/blobs", "resultFile": "/r",
       "lowers": [{"dir": "/l", "digest": "sha256:00", "size": 42}, {"file": "/b", "size": "7"}],
       "upper": {"data": "/d", "index": "/i", "vsize": 64}, "accelerationLayer": true,
       "download": {"enable": true, "delay": 600, "maxMBps": 2, "tryCnt": 5, "blockSize": 262144}}
      """;
  private static final String SERVICE =
      """
      {"cacheConfig": {"cacheType": "file", "cacheDir": "/c", "cacheSizeGB": 4},
       "credentialConfig": {"mode": "https", "path": "https://s/auth", "timeout": 1,
         "client_cert_path": "/c", "client_key_path": "/k", "server_ca_path": "/a"},
       "p2pConfig": {"enable": true, "address": "localhost:1/p"}, "ioEngine": 1,
       "exporterConfig": {"enable": true, "uriPrefix": "/m", "port": 9863},
       "prefetchConfig": {"concurrency": 16}, "certConfig": {"certFile": "/c", "keyFile": "/k"}}
      """;
  private static final String[] PIECES = {
    "null", "[]", "{}", "-1", "1e9", "99999999999999999999", "\"\"", "true", "\"\\u0000\"", ":", ","
  };

  @Property(tries = 2000)
  void imageFilesAreUnderstoodOrRefused(@ForAll long seed) {
    byte[] text = mutated(IMAGE, new Random(seed));
    try {
      ImageFile file = ImageFile.parse(text, "c");
      file.resultFile().ifPresent(path -> assertThat(path.toString()).isNotEmpty());
      assertThat(file.spec().lowers()).hasSizeLessThan(10);
    } catch (MalformedDocumentException e) {
      assertThat(e).hasMessageStartingWith("c: ");
    }
  }

  @Property(tries = 2000)
  void serviceFilesAreUnderstoodOrRefused(@ForAll long seed) {
    byte[] text = mutated(SERVICE, new Random(seed));
    try {
      assertThat(ServiceSpec.parse(text, "s").prefetchers()).isBetween(1, 256);
    } catch (MalformedDocumentException e) {
      assertThat(e).hasMessageContaining("s: ");
    }
  }

  /** Some bytes changed, cut out, or replaced by what a parser may trip over. */
  private static byte[] mutated(String text, Random random) {
    StringBuilder changed = new StringBuilder(text);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(changed.length());
      int end = Math.min(changed.length(), at + random.nextInt(12));
      switch (random.nextInt(3)) {
        case 0 -> changed.setCharAt(at, (char) random.nextInt(0x180));
        case 1 -> changed.delete(at, end);
        default -> changed.replace(at, end, PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return changed.toString().getBytes(UTF_8);
  }
}
