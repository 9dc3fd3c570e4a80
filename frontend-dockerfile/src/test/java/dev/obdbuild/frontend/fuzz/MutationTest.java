package dev.obdbuild.frontend.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.SplitRandom;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Damaged Dockerfiles are planned or refused; nothing else happens. */
final class MutationTest {
  private static final String DOCKERFILE =
      """
      # syntax=docker/dockerfile:1
      # escape=\\
      # check=skip=all
      ARG BASE=busybox TAG=${X:-1}
      FROM --platform=$BUILDPLATFORM ${BASE}:${TAG} AS build
      ARG A="x y" B=${A/x/z}
      ENV C=${A%y} D='$A' E=\\$A
      LABEL l.$C="v ${B##*x}"
      SHELL ["/bin/bash", "-c"]
      RUN --mount=type=cache,target=/c,uid=5,sharing=locked --mount=type=secret,id=s,env=S \\
        # comment
        make all && \\

        make install
      RUN <<EOF cat > /x
      body $A
      EOF
      RUN <<-"S"
      \t#!/bin/sh
      \techo
      \tS
      COPY --link --chown=1:grp --chmod=u=rwX a b* ["c"] /d/
      COPY --parents --exclude=*.go <<one <<'two' /cfg/
      $A
      one
      ${A
      two
      ADD --unpack=false x.tar /y
      ADD --keep-git-dir https://host/r.git?tag=v&subdir=s git@host:r#b /g/
      ADD --unpack --chmod=g=u https://host/a%20b.tgz?c#d /u
      RUN --device=vendor/class=one,required true
      EXPOSE 80 90-95/udp 127.0.0.1:1:2
      HEALTHCHECK --interval=5s --retries=2 CMD ["x"]
      ONBUILD RUN --network=none true
      FROM build AS next
      WORKDIR sub/$A
      COPY --from=0 /x /y
      COPY --from=busybox /x /z
      USER a:b
      VOLUME ["/v"] /w
      STOPSIGNAL SIGRTMIN+3
      ENTRYPOINT ["a", "b"]
      CMD c
      """;
  private static final List<String> TOKENS =
      List.of(
          "$",
          "${",
          "}",
          "\\",
          "\"",
          "'",
          "\n",
          "<<",
          "<<-",
          "EOF",
          " ",
          "\t",
          "--",
          "=",
          ",",
          "/",
          "..",
          "#",
          "[",
          "]",
          ":-",
          "##",
          "%",
          "//",
          "*",
          "?",
          "FROM ",
          "RUN ",
          "COPY ",
          "ONBUILD ",
          "--mount=",
          "--from=",
          "\r",
          "\u0000",
          "\u00e9",
          "\uFEFF",
          "scratch",
          "AS ",
          "${A:?x}");

  @Test
  void damagedFilesArePlannedOrRefused() {
    SplitRandom.run(
        random -> {
          for (int i = 0; i < 1_200; i++) {
            Inputs.plan(mutated(DOCKERFILE, random));
          }
        });
  }

  @Test
  void theFileItselfIsPlanned() throws Exception {
    assertThat(Inputs.plan(DOCKERFILE)).isPresent();
  }

  @Test
  void damagedWordsExpandOrAreRefused() {
    String word = "a\"$A ${B:-${C#x*}} \\$D\"'e' ${F//g/h} <<I ${J:+k}${L%%m?}";
    SplitRandom.run(
        random -> {
          for (int i = 0; i < 3_000; i++) {
            Inputs.expand(mutated(word, random), mutated("v*l u\\e", random));
          }
        });
  }

  @Test
  void damagedIgnoreFilesAreReadOrRefused() {
    String lines = "# c\n*.log\n!keep/[a-z^]*\n/x/**/y\\*\n a \n../b//c/./d\n";
    SplitRandom.run(
        random -> {
          for (int i = 0; i < 2_000; i++) {
            Inputs.ignore(mutated(lines, random).getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  @Test
  void randomBytesAreRefused() {
    SplitRandom.run(
        random -> {
          for (int i = 0; i < 300; i++) {
            byte[] bytes = SplitRandom.bytes(random, random.nextInt(2000));
            Inputs.plan(new String(bytes, StandardCharsets.UTF_8));
          }
        });
  }

  private static String mutated(String text, SplittableRandom random) {
    StringBuilder out = new StringBuilder(text);
    for (int i = 0; i <= random.nextInt(6); i++) {
      int at = random.nextInt(out.length() + 1);
      int to = Math.min(out.length(), at + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> out.delete(at, to);
        case 1 -> out.insert(at, TOKENS.get(random.nextInt(TOKENS.size())));
        case 2 -> out.insert(at, out.substring(at, to));
        default -> {
          int from = random.nextInt(out.length() + 1);
          out.insert(at, out.substring(from, Math.min(out.length(), from + random.nextInt(40))));
        }
      }
    }
    return out.toString();
  }
}
