package dev.obdbuild.backstore.attach;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares a mounted filesystem with the fixtures' listing of it. */
final class TreeCheck {
  private TreeCheck() {}

  /** Every entry by name, mode, owner, and content where it is a file. */
  static void check(Path listing, Path root) throws IOException {
    JsonReader tree =
        JsonReader.parse(
            ("{\"entries\":" + Files.readString(listing) + "}").getBytes(UTF_8),
            listing.toString());
    Set<String> wanted = new TreeSet<>();
    for (JsonReader entry : tree.objects("entries")) {
      Path path = root.resolve(entry.string("path"));
      wanted.add(entry.string("path"));
      int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      int uid = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      assertThat(Integer.toOctalString(mode & 07777))
          .as(path + "'s mode")
          .isEqualTo(entry.string("mode").substring(2));
      assertThat((long) uid).as(path + "'s owner").isEqualTo(entry.integer("uid", -1));
      if (entry.string("type").equals("file")) {
        assertThat(Digest.sha256(Files.readAllBytes(path)).hex())
            .as(path + "'s content")
            .isEqualTo(entry.string("sha256"));
      }
    }
    try (Stream<Path> files = Files.walk(root)) {
      assertThat(
              files
                  .map(file -> root.relativize(file).toString())
                  .filter(name -> !name.isEmpty() && !name.equals("lost+found"))
                  .collect(Collectors.toSet()))
          .isEqualTo(
              wanted.stream().filter(n -> !n.equals("lost+found")).collect(Collectors.toSet()));
    }
  }
}
