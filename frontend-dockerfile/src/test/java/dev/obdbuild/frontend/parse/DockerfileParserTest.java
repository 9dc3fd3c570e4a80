package dev.obdbuild.frontend.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.oci.image.Healthcheck;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DockerfileParserTest {

  private static List<Instruction> instructions(String body) throws DockerfileException {
    return DockerfileParser.parse("FROM scratch\n" + body).stages().getFirst().instructions();
  }

  private static Instruction only(String body) throws DockerfileException {
    List<Instruction> all = instructions(body);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  @Test
  void continuationLinesAreJoinedAndCommentsBetweenThemSkipped() throws DockerfileException {
    var run = (Instruction.Run) only("RUN a \\\n  # comment\n\n   b \\ \n c\n");
    assertThat(run.command().words()).containsExactly("a    b  c");
    assertThat(run.origin().lines()).isEqualTo(new Lines(2, 6));
    assertThat(run.origin().text()).isEqualTo("RUN a    b  c");
  }

  @Test
  void anEmptyContinuationLineIsToldAtTheLastLine() throws DockerfileException {
    Dockerfile file = DockerfileParser.parse("FROM scratch\nRUN a \\\n\n b\nRUN c");
    assertThat(file.emptyContinuations()).containsExactly(Lines.of(4));
  }

  @Test
  void anEscapedEscapeDoesNotContinueALine() throws DockerfileException {
    assertThat(instructions("RUN a \\\\\nRUN b")).hasSize(2);
  }

  @Test
  void byteOrderMarkAndCarriageReturnsAreDropped() throws DockerfileException {
    Dockerfile file = DockerfileParser.parse("\uFEFFFROM scratch\r\nUSER me\r\n");
    assertThat(file.stages().getFirst().instructions())
        .singleElement()
        .isInstanceOfSatisfying(
            Instruction.User.class, user -> assertThat(user.user()).isEqualTo("me"));
  }

  @Test
  void directivesStandAtTheTop() throws DockerfileException {
    Dockerfile file =
        DockerfileParser.parse(
            "# syntax = docker/dockerfile:1\n# Escape=`\n#check=skip=all\nFROM scratch\nRUN a `\n b");
    assertThat(file.escape()).isEqualTo('`');
    assertThat(file.check()).contains("skip=all");
    assertThat(file.stages().getFirst().instructions()).hasSize(1);
    assertThat(DockerfileParser.parse("# hello\n# escape=`\nFROM scratch").escape())
        .isEqualTo('\\');
  }

  @Test
  void jsonArgumentsAreToldFromShellArguments() throws DockerfileException {
    var run = (Instruction.Run) only("RUN [\"a\", \"b\\u0041\\n\"]");
    assertThat(run.command()).isEqualTo(new CommandLine(List.of("a", "bA\n"), false, List.of()));
    var shell = (Instruction.Run) only("RUN [\"a\", ]");
    assertThat(shell.command().words()).containsExactly("[\"a\", ]");
    assertThat(shell.command().shell()).isTrue();
    var copy = (Instruction.Copy) only("COPY [\"a b\", \"/c d/\"]");
    assertThat(copy.transfer().sources()).containsExactly("a b");
    assertThat(copy.transfer().destination()).isEqualTo("/c d/");
  }

  @Test
  void flagsAreReadBeforeArguments() throws DockerfileException {
    var copy =
        (Instruction.Copy)
            only("COPY --chown=\"a b\" --link --exclude=x --exclude=y\\ z --from=s a /b");
    assertThat(copy.from()).isEqualTo("s");
    assertThat(copy.transfer().chown()).isEqualTo("a b");
    assertThat(copy.transfer().link()).isTrue();
    assertThat(copy.transfer().excludes()).containsExactly("x", "y z");
    assertThat(((Instruction.Cmd) only("CMD -- --x")).command().words()).containsExactly("--x");
  }

  @Test
  void pairsKeepTheirQuotesAndTheLegacyFormItsRest() throws DockerfileException {
    var env = (Instruction.Env) only("ENV A=\"x y\" B='z' C=a\\ b");
    assertThat(env.pairs())
        .containsExactly(
            new Instruction.Pair("A", "\"x y\"", false),
            new Instruction.Pair("B", "'z'", false),
            new Instruction.Pair("C", "a\\ b", false));
    var legacy = (Instruction.Env) only("ENV A  x  y=z");
    assertThat(legacy.pairs()).containsExactly(new Instruction.Pair("A", "x  y=z", true));
    var arg = (Instruction.Arg) only("ARG a b= c='x y'");
    assertThat(arg.arguments())
        .containsExactly(
            new Instruction.Argument("a", Optional.empty()),
            new Instruction.Argument("b", Optional.of("")),
            new Instruction.Argument("c", Optional.of("'x y'")));
  }

  @Test
  void heredocsFollowTheirLine() throws DockerfileException {
    var copy =
        (Instruction.Copy) only("COPY <<one <<-\"two\" /d/\na\n# no comment\none\n\t\tb\n\ttwo\n");
    assertThat(copy.transfer().documents())
        .containsExactly(
            new Heredoc("one", true, false, "a\n# no comment\n"),
            new Heredoc("two", false, true, "\t\tb\n"));
    assertThat(copy.transfer().documents().get(1).body()).isEqualTo("b\n");
    assertThat(copy.origin().lines()).isEqualTo(new Lines(2, 7));
    var run = (Instruction.Run) only("RUN cat << EOF > /x\nhi\nEOF\n");
    assertThat(run.command().heredocs()).containsExactly(new Heredoc("EOF", true, false, "hi\n"));
    assertThat(instructions("RUN [\"cat\", \"<<EOF\"]\nRUN echo $((1<2))\nCMD cat <<EOF"))
        .hasSize(3);
  }

  @Test
  void triggersKeepTheirDocuments() throws DockerfileException {
    var onbuild = (Instruction.Onbuild) only("ONBUILD   COPY <<E /x\nbody\nE\n");
    assertThat(onbuild.trigger()).isEqualTo("COPY <<E /x\nbody\nE");
    Instruction fired = DockerfileParser.parseTrigger(onbuild.trigger(), Lines.of(7));
    assertThat(fired).isInstanceOf(Instruction.Copy.class);
    assertThat(fired.origin().lines()).isEqualTo(Lines.of(7));
  }

  @Test
  void healthchecksReadDurations() throws DockerfileException {
    var health =
        (Instruction.Health)
            only("HEALTHCHECK --interval=1m30s --timeout=1.5s --retries=2 CMD [\"x\"]");
    assertThat(health.check())
        .isEqualTo(
            new Healthcheck(
                List.of("CMD", "x"),
                Duration.ofSeconds(90),
                Duration.ofMillis(1500),
                Duration.ZERO,
                Duration.ZERO,
                2));
    assertThat(((Instruction.Health) only("HEALTHCHECK NONE")).check().test())
        .containsExactly("NONE");
  }

  @Test
  void stagesHaveNamesAndPlatforms() throws DockerfileException {
    Stage stage =
        DockerfileParser.parse("ARG A=1\nFROM --platform=$P img AS Build\n").stages().getFirst();
    assertThat(stage.base()).isEqualTo("img");
    assertThat(stage.name()).isEqualTo("build");
    assertThat(stage.platform()).isEqualTo("$P");
  }

  @Test
  void commentsAboveAnInstructionBelongToIt() throws DockerfileException {
    Stage stage =
        DockerfileParser.parse("# x\n\n# no\n#\n# build the thing\nFROM a AS build")
            .stages()
            .getFirst();
    assertThat(stage.origin().comments()).containsExactly("build the thing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "CPOY a b | unknown instruction: CPOY (did you mean COPY?)",
        "cpoy a b | unknown instruction: cpoy (did you mean copy?)",
        "NONSENSE | unknown instruction: NONSENSE",
        "COPY --chowm=1 a b | unknown flag: --chowm (did you mean chown?)",
        "COPY --link --link a b | duplicate flag specified: --link",
        "COPY --link=x a b | expecting boolean value for flag --link, not: x",
        "COPY --from a b | missing a value on flag: --from",
        "ENV --x A=b | unknown flag: --x",
        "COPY a | COPY requires at least two arguments, but only one was provided. Destination could not be determined",
        "COPY a <<E | unterminated heredoc",
        "EXPOSE | EXPOSE requires at least one argument",
        "USER | USER requires exactly one argument",
        "SHELL sh -c | SHELL requires the arguments to be in JSON form",
        "SHELL [] | SHELL requires at least one argument",
        "ENV a | ENV must have two arguments",
        "ENV a=b c | Syntax error - can't find = in \"c\". Must be of the form: name=value",
        "LABEL =x | LABEL names can not be blank",
        "RUN [1] | when using JSON array syntax, arrays must be comprised of strings only",
        "RUN --network=x a | invalid network mode \"x\"",
        "RUN --security=x a | security \"x\" is not valid",
        "RUN --mount=from=$A a | 'from' doesn't support variable expansion, define alias stage instead",
        "FROM a b | FROM requires either one or three arguments",
        "FROM a AS 1b | invalid name for build stage: \"1b\", name can't start with a number or contain symbols",
        "ONBUILD ONBUILD RUN a | Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
        "ONBUILD from a | FROM isn't allowed as an ONBUILD trigger",
        "HEALTHCHECK NONE a | HEALTHCHECK NONE takes no arguments",
        "HEALTHCHECK CMD | Missing command after HEALTHCHECK CMD",
        "HEALTHCHECK foo | Unknown type \"FOO\" in HEALTHCHECK (try CMD)",
        "HEALTHCHECK --retries=-1 CMD a | --retries cannot be negative (-1)",
        "HEALTHCHECK --interval=1us CMD a | Interval \"interval\" cannot be less than 1ms",
        "VOLUME [\" \"] | VOLUME specified can not be an empty string",
      })
  void wrongInstructionsAreRefusedAtTheirLine(String line, String message) {
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> instructions("RUN true\n" + line + "\n"))
        .satisfies(
            e -> {
              assertThat(
                      String.valueOf(e.getMessage())
                          .replace("dockerfile parse error on line 3: ", ""))
                  .isEqualTo(message);
              assertThat(e.lines()).contains(Lines.of(3));
            });
  }

  @Test
  void aFileHasToHoldAStage() {
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> DockerfileParser.parse(""))
        .withMessage("the Dockerfile cannot be empty");
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> DockerfileParser.parse("# x\n"))
        .withMessage("file with no instructions");
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> DockerfileParser.parse("ARG a\n"))
        .withMessage("dockerfile contains no stages to build");
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> DockerfileParser.parse("RUN a\n"))
        .withMessage("no build stage in current context");
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> DockerfileParser.parse("# escape=x\nFROM a"))
        .withMessage("invalid escape token 'x' does not match ` or \\");
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> DockerfileParser.parse("# syntax=x\n# syntax=y\nFROM a"))
        .withMessage("only one syntax parser directive can be used");
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> DockerfileParser.parse("FROM a\nRUN " + "x".repeat(65532)))
        .withMessage("dockerfile line greater than max allowed size of 65535");
  }

  @Test
  void aLineOfTheGreatestSizeIsRead() throws DockerfileException {
    assertThat(instructions("RUN " + "x".repeat(65531))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0s",
    "1000000000,1s",
    "90000000000,1m30s",
    "3600000000000,1h0m0s",
    "1500000,1.5ms"
  })
  void durationsPrintAsGoPrintsThem(long nanos, String text) {
    assertThat(GoDuration.format(Duration.ofNanos(nanos))).isEqualTo(text);
  }
}
