package dev.obdbuild.builder.request;

import dev.obdbuild.builder.config.NamedContext;
import dev.obdbuild.oci.content.LayoutFolder;
import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Opens what takes the place of stages and images. */
final class NamedContexts {

  private static final String TARGET = "target:";
  private static final String LAYOUT = "oci-layout://";

  private final Opened opened;

  NamedContexts(Opened opened) {
    this.opened = opened;
  }

  void open(List<NamedContext> contexts) throws IOException {
    for (NamedContext context : contexts) {
      opened.caps.add("moby.buildkit.frontend.contexts+forward");
      if (context.value().startsWith(TARGET)) {
        opened.links.add(
            new LinkedTarget(context.name(), context.value().substring(TARGET.length())));
      } else {
        opened.attributes.put("context:" + context.name(), open(context));
      }
    }
  }

  private String open(NamedContext context) throws IOException {
    String value = context.value();
    if (ContextInput.isRemote(value) || value.startsWith("docker-image://")) {
      return value;
    }
    if (value.startsWith(LAYOUT)) {
      return layout(value.substring(LAYOUT.length()));
    }
    return folder(context.name(), Path.of(value));
  }

  /** {@code DIR[:TAG][@DIGEST]}. */
  private String layout(String text) throws IOException {
    int at = text.lastIndexOf('@');
    String rest = at < 0 ? text : text.substring(0, at);
    int colon = rest.lastIndexOf(':');
    boolean tagged = colon > rest.lastIndexOf('/');
    Path folder = Path.of(tagged ? rest.substring(0, colon) : rest);
    String tag = tagged ? rest.substring(colon + 1) : "latest";
    Digest digest =
        at < 0 ? new LayoutIndex(folder).find(tag).digest() : Digest.parse(text.substring(at + 1));
    String store = UUID.randomUUID().toString().replace("-", "");
    opened.stores.put("oci:" + store, new LayoutFolder(folder));
    return LAYOUT + store + ":" + tag + "@" + digest;
  }

  private String folder(String name, Path folder) throws IOException {
    if (!Files.exists(folder)) {
      throw new IOException(
          "failed to get build context " + name + ": " + folder + " is not there");
    }
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    boolean taken = name.equals("context") || name.equals("dockerfile");
    String local = taken ? "_" + name : name;
    opened.folders.put(local, folder);
    opened.attributes.put(
        "sharedkey:localdir:" + name, String.valueOf(folder.toRealPath().getFileName()));
    return "local:" + local;
  }
}
