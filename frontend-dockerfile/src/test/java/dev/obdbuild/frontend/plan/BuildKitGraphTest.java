package dev.obdbuild.frontend.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Graphs of a real BuildKit: ours have the same vertices, byte for byte, and the same names. */
@NeedsShared
final class BuildKitGraphTest {
  private static final Platform AMD64 = new Platform("linux", "amd64");

  /** Case 08 is described only by its graph; this file makes it. */
  private static final String MOUNTS =
      """
      FROM 127.0.0.1:5000/base/dev:1 AS base
      SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
      RUN <<EOF
      mkdir -p /work
      echo "first heredoc" > /work/a
      cat > /work/tool.py <<'PY'
      print("nested")
      PY
      EOF
      RUN <<PY python3
      import pathlib
      pathlib.Path("/work/b").write_text("from python heredoc\\n")
      PY
      COPY <<-CONF /etc/app.conf
      \tkey=value
      \thome=\\$HOME
      CONF
      COPY <<one.txt <<two.txt /cfg/
      1
      one.txt
      2
      two.txt
      RUN --mount=type=cache,target=/root/.cache/pip,sharing=locked \\
          --mount=type=bind,source=scripts,target=/scripts,ro \\
          --mount=type=tmpfs,target=/scratch,size=64m \\
          python3 -m venv /venv && /venv/bin/pip install -r /scripts/req.txt && touch /scratch/x
      RUN --mount=type=secret,id=token,target=/run/secrets/tok,mode=0400,required=true \\
          --mount=type=secret,id=token,env=TOK \\
          sha256sum /run/secrets/tok | cut -c1-8 > /work/tokhash && test -n "$TOK"
      RUN --mount=type=cache,id=gocache,target=/root/.cache/go-build --mount=type=cache,target=/root/go/pkg/mod \\
          --mount=type=bind,source=scripts/main.go,target=/m/main.go \\
          cd /m && go build -o /work/m main.go && /work/m
      RUN --network=none --mount=type=bind,from=127.0.0.1:5000/base/busybox:1,source=/bin,target=/bb /bb/sha256sum /work/a > /work/sum
      FROM base AS final
      COPY --from=base /work /work
      CMD ["/work/m"]
      """;

  private record Example(
      Map<String, dev.obdbuild.protos.pb.Op> operations,
      Map<String, String> metadata,
      Map<String, String> images,
      String session,
      String baseConfig,
      String config) {}

  @Test
  void theGraphOfTheDirectivesCaseIsBuildKits() throws IOException {
    String name = "bench/cases/09-directives/";
    Example example = example("09-directives");
    BuildPlan plan =
        plan(
            example,
            Files.readString(Shared.path(name + "Dockerfile")),
            Files.readString(Shared.path(name + ".dockerignore")));
    compare(plan, example);
  }

  @Test
  void theGraphOfTheMountsCaseIsBuildKits() throws IOException {
    Example example = example("08-mounts");
    compare(plan(example, MOUNTS, ".args\n.token\n.change\n"), example);
  }

  private static void compare(BuildPlan plan, Example example) {
    Map<String, String> ours = new TreeMap<>();
    for (Vertex vertex : plan.graph().vertices()) {
      ours.put(vertex.digest().toString(), vertex.meta().customName());
    }
    assertThat(ours.keySet()).isEqualTo(example.operations.keySet());
    assertThat(metadata(plan.graph())).isEqualTo(example.metadata);
    assertThat(new String(plan.config().toJson(), StandardCharsets.UTF_8))
        .isEqualTo(canonical(example.config));
    assertThat(plan.base().map(b -> new String(b.toJson(), StandardCharsets.UTF_8)))
        .contains(canonical(example.baseConfig));
  }

  private static String canonical(String json) {
    try {
      return new String(
          ImageConfig.parse(json.getBytes(StandardCharsets.UTF_8), "expected").toJson(),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  /** Metadata as the examples print it, with progress group ids taken out. */
  private static Map<String, String> metadata(Graph graph) {
    Map<String, String> all = new TreeMap<>();
    for (Vertex vertex : graph.vertices()) {
      JsonWriter caps = new JsonWriter();
      vertex.meta().caps().forEach(cap -> caps.raw(cap, "true"));
      JsonWriter json = new JsonWriter().object("caps", caps);
      json.map("description", vertex.meta().description());
      vertex
          .meta()
          .progressGroup()
          .ifPresent(
              g ->
                  json.object(
                      "progress_group",
                      new JsonWriter()
                          .string("id", "ID")
                          .string("name", g.name())
                          .bool("weak", g.weak())));
      all.put(vertex.digest().toString().substring(0, 19), json.toString());
    }
    return all;
  }

  private static BuildPlan plan(Example example, String dockerfile, String ignore)
      throws IOException {
    TestSources sources =
        new TestSources().definition("Dockerfile", dockerfile).context(".dockerignore", ignore);
    example.images.forEach(
        (image, digest) -> sources.image(image, example.baseConfig, Digest.parse(digest)));
    return TestSources.plan(new FrontendOptions(Map.of(), example.session, AMD64), sources);
  }

  private static Example example(String name) throws IOException {
    String text = Files.readString(Shared.path("spec/buildkit-llb-examples.txt"));
    String part = text.split("##### case " + name)[1].split("##### case ")[0];
    Map<String, dev.obdbuild.protos.pb.Op> operations = new TreeMap<>();
    Map<String, String> metadata = new TreeMap<>();
    Map<String, String> images = new TreeMap<>();
    List<String> digests = new ArrayList<>();
    String session = "";
    String baseConfig = "";
    String config = "";
    String result = "";
    for (String line : part.lines().toList()) {
      if (line.startsWith("{")) {
        var op = dev.obdbuild.protos.pb.Op.newBuilder();
        JsonFormat.parser().merge(line, op);
        String identifier = op.getSource().getIdentifier();
        if (identifier.startsWith("docker-image://")) {
          String[] pinned = identifier.substring("docker-image://".length()).split("@");
          images.put(pinned[0], pinned[1]);
        }
        session = op.getSource().getAttrsOrDefault("local.session", session);
        if (op.getOpCase() == dev.obdbuild.protos.pb.Op.OpCase.OP_NOT_SET) {
          result = op.getInputs(0).getDigest();
        }
        op.getInputsList().forEach(i -> digests.add(i.getDigest()));
        operations.put(line, op.build());
      } else if (line.startsWith("sha256:")) {
        String json =
            line.substring(line.indexOf(' ') + 1)
                .replaceAll("\"id\": \"[a-z0-9]{25}\"", "\"id\": \"ID\"");
        metadata.put(line.substring(0, 19), json);
      } else if (line.startsWith("containerimage.base.config = ")) {
        baseConfig = line.substring(line.indexOf('{'));
      } else if (line.startsWith("containerimage.config = ")) {
        config = line.substring(line.indexOf('{'));
      }
    }
    Map<String, dev.obdbuild.protos.pb.Op> byDigest = new TreeMap<>();
    for (String digest : digests) {
      byDigest.put(digest, dev.obdbuild.protos.pb.Op.getDefaultInstance());
    }
    assertThat(byDigest).containsKey(result);
    assertThat(byDigest).hasSize(operations.size() - 1);
    Map<String, String> known = new TreeMap<>();
    metadata.forEach(
        (digest, json) -> {
          if (byDigest.keySet().stream().anyMatch(d -> d.startsWith(digest))) {
            known.put(digest, normal(json));
          }
        });
    return new Example(byDigest, known, images, session, baseConfig, config);
  }

  /** The same JSON as our writer spaces it. */
  private static String normal(String json) {
    StringBuilder out = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '\\') {
        out.append(c).append(json.charAt(++i));
        continue;
      }
      quoted ^= c == '"';
      if (quoted || c != ' ') {
        out.append(
            switch (c) {
              case '&' -> "\\u0026";
              case '<' -> "\\u003c";
              case '>' -> "\\u003e";
              default -> String.valueOf(c);
            });
      }
    }
    return out.toString();
  }
}
