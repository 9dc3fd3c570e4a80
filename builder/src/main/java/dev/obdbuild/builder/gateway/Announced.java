package dev.obdbuild.builder.gateway;

import dev.obdbuild.protos.apicaps.APICap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The capabilities that the daemon announces, by BuildKit's ids: clients refuse to run, or leave
 * features out, when one they need is missing.
 *
 * @param frontend of the gateway
 * @param llb of graphs
 */
public record Announced(List<APICap> frontend, List<APICap> llb) {

  /** Those that this builder implements. */
  public static Announced load() {
    return new Announced(read("frontend-caps.txt"), read("llb-caps.txt"));
  }

  /** Whether graphs may have what that id names. */
  public boolean does(String id) {
    return llb.stream().anyMatch(cap -> cap.getID().equals(id));
  }

  private static List<APICap> read(String resource) {
    try (InputStream in = Announced.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("resource " + resource + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .map(id -> APICap.newBuilder().setID(id).setEnabled(true).build())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
