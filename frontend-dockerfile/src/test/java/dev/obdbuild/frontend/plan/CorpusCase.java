package dev.obdbuild.frontend.plan;

import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.testkit.Shared;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One request of the corpus: small Dockerfiles with options, files and images, kept in {@code
 * corpus/TOPIC.cases}. Lines that begin with {@code %} say what the case is; lines between them are
 * the content of the file that was named last. {@code %= name :: a ;; b} is a case with a
 * Dockerfile of the lines a and b; {@code %+} is the same behind a line {@code FROM busybox};
 * {@code %% name} is one whose files are named one by one.
 */
final class CorpusCase {
  final String name;
  final Map<String, String> options = new TreeMap<>();
  final TestSources sources = new TestSources().busybox();
  String session = "s1";
  Platform worker = new Platform("linux", "amd64");

  private CorpusCase(String name) {
    this.name = name;
  }

  FrontendResult plan() throws IOException {
    return new DockerfileFrontend().plan(new FrontendOptions(options, session, worker), sources);
  }

  @Override
  public String toString() {
    return name;
  }

  static List<CorpusCase> of(String topic) throws IOException {
    String path = "/corpus/" + topic + ".cases";
    try (InputStream in = CorpusCase.class.getResourceAsStream(path)) {
      return new Reader()
          .read(
              new String(Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static final class Reader {
    private final List<CorpusCase> cases = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();
    private @Nullable String tree;
    private String file = "";

    List<CorpusCase> read(String text) throws IOException {
      for (String line : text.split("(?<=\n)")) {
        if (line.startsWith("%")) {
          finishFile();
          directive(line.substring(1).replaceFirst("\n$", ""));
        } else {
          body.append(line);
        }
      }
      finishFile();
      return cases;
    }

    private void finishFile() {
      if (tree != null) {
        cases.getLast().sources.file(tree, file, bytes(body.toString()));
        tree = null;
      }
      body.setLength(0);
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    private void directive(String line) throws IOException {
      String[] parts = line.split(" ", 2);
      String rest = parts.length < 2 ? "" : parts[1];
      switch (parts[0]) {
        case "#" -> {}
        case "=" -> begin(rest, "");
        case "+" -> begin(rest, "FROM busybox\n");
        case "opt" -> {
          String[] option = rest.split("=", 2);
          cases.getLast().options.put(option[0], option[1]);
        }
        case "session" -> cases.getLast().session = rest;
        case "workers" ->
            // The default first; no plan depends on the others.
            cases.getLast().worker = Platform.parse(rest.split(",", 2)[0]);
        case "image" -> {
          String[] image = rest.split(" ", 2);
          cases.getLast().sources.image(image[0], image[1]);
        }
        case "meta" -> meta(rest);
        case "file" -> {
          String[] place = rest.split(" ", 2);
          tree = place[0];
          file = place[1];
        }
        case "%" -> cases.add(new CorpusCase(rest));
        case "from" -> {
          String[] place = rest.split(" ", 3);
          byte[] content = Files.readAllBytes(Shared.path(place[2]));
          cases.getLast().sources.file(place[0], place[1], content);
        }
        case "json" -> json(rest);
        case "base64" -> {
          String[] place = rest.split(" ", 3);
          cases.getLast().sources.file(place[0], place[1], Base64.getDecoder().decode(place[2]));
        }
        default -> throw new IOException("no such directive: " + line);
      }
    }

    private void begin(String line, String first) {
      String[] parts = line.split(" ::( |$)", 2);
      CorpusCase next = new CorpusCase(parts[0]);
      cases.add(next);
      String text = first + parts[1].replace(" ;; ", "\n") + "\n";
      if (!text.equals("\n")) {
        next.sources.definition("Dockerfile", text);
      }
    }

    /** A file as a JSON string; a name before it begins a case. */
    private void json(String line) throws IOException {
      String rest = line;
      if (!rest.split(" ", 2)[0].contains("://")) {
        cases.add(new CorpusCase(rest.split(" ", 2)[0]));
        rest = rest.split(" ", 2)[1];
      }
      String[] place = rest.split(" ", 3);
      String text = JsonReader.parse(bytes("{\"x\":" + place[2] + "}"), line).string("x");
      cases.getLast().sources.file(place[0], place[1], bytes(text));
    }

    /** When a source was made. */
    private void meta(String line) throws IOException {
      String[] parts = line.split(" ", 2);
      JsonReader json = JsonReader.parse(bytes(parts[1]), line);
      long seconds = json.integer("committer", json.integer("modified", 0));
      cases.getLast().sources.times.put(parts[0], Instant.ofEpochSecond(seconds));
    }
  }
}
