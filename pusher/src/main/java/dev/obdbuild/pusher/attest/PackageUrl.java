package dev.obdbuild.pusher.attest;

import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Names of images as package URLs: {@code pkg:docker/busybox@1.36?platform=linux%2Famd64}. */
public final class PackageUrl {

  private static final String PLAIN = "-._~";
  private static final String PLAIN_VALUE = PLAIN + ":";

  private PackageUrl() {}

  /**
   * The URL of an image for a platform.
   *
   * @param name as a user gives it
   * @throws IllegalArgumentException if it is no name of an image
   */
  public static String ofImage(String name, Platform platform) {
    return ofImage("docker", name, Optional.of(platform));
  }

  /**
   * The URL of an image, for a platform or for any.
   *
   * @param type {@code docker} for an image of a registry, {@code oci} for one of a layout
   * @throws IllegalArgumentException if it is no name of an image
   */
  public static String ofImage(String type, String name, Optional<Platform> platform) {
    Reference given = Reference.parseName(name);
    Reference bare =
        new Reference(given.registry(), given.repository(), Optional.empty(), Optional.empty());
    String path =
        Arrays.stream(bare.familiar().split("/", -1))
            .map(PackageUrl::escape)
            .collect(Collectors.joining("/"));
    String tag = given.tag().orElse(given.digest().isPresent() ? "" : "latest");
    String version = tag.isEmpty() ? "" : "@" + escape(tag);
    List<String> qualifiers = new ArrayList<>();
    given
        .digest()
        .ifPresent(digest -> qualifiers.add("digest=" + escape(digest.toString(), PLAIN_VALUE)));
    platform.ifPresent(
        at -> qualifiers.add("platform=" + escape(at.normalised().format(), PLAIN_VALUE)));
    String told = qualifiers.isEmpty() ? "" : "?" + String.join("&", qualifiers);
    return "pkg:" + type + "/" + path + version + told;
  }

  private static String escape(String text) {
    return escape(text, PLAIN);
  }

  private static String escape(String text, String plain) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean letter = c < 0x80 && Character.isLetterOrDigit(c);
      out.append(
          letter || plain.indexOf(c) >= 0 ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return out.toString();
  }
}
