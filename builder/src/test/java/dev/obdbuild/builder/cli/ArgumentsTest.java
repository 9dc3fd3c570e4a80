package dev.obdbuild.builder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ArgumentsTest {

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "'-t app .', 'build -t app .'",
    "'.', 'build .'",
    "'build .', 'build .'",
    "'images', 'images'",
    "'--root /s images', 'images --root /s'",
    "'--root=/s images', 'images --root=/s'",
    "'--root /s -t app .', 'build --root /s -t app .'",
    "'-t images .', 'build -t images .'",
    "'--help', '--help'",
    "'--version', '--version'",
    "'-t app --help', 'build -t app --help'",
    "'--root', 'build --root'",
    "'', '--help'"
  })
  void aCommandLineWithoutCommandBuilds(String given, String understood) {
    List<String> args = given.isEmpty() ? List.of() : List.of(given.split(" "));
    assertThat(String.join(" ", Arguments.withCommand(args, Set.of("build", "images"))))
        .isEqualTo(understood);
  }
}
