package dev.obdbuild.builder.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FilterTest {

  private static final Map<String, String> THING =
      Map.of("id", "abc", "type", "source.local", "description", "a, b \"c\"", "mutable", "");

  private static boolean matches(String... filters) {
    return Filter.parse(List.of(filters))
        .matches(path -> Optional.ofNullable(THING.get(String.join(".", path))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '%',
      quoteCharacter = '\'',
      value = {
        "id==abc % true",
        "id==ab % false",
        "id == abc % true",
        "id==\"abc\" % true",
        "id==\"\\x61\\142c\" % true",
        "id!=abc % false",
        "none!=abc % true",
        "none==abc % false",
        "none % false",
        "mutable % true",
        "mutable==\"\" % true",
        "id~=^a % true",
        "id~=b % true",
        "id~=^b % false",
        "id~=/^a.c$/ % true",
        "id~=|b| % true",
        "none~=^$ % true",
        "type==source.local,id==abc % true",
        "type==source.local,id==x % false",
        "description==\"a, b \\\"c\\\"\" % true",
        "mutable,id % true",
        "'' % true"
      })
  void aFilterChoosesAsContainerdsDoes(String filter, boolean expected) {
    assertThat(matches(filter)).isEqualTo(expected);
  }

  @Test
  void severalFiltersAreAlternativesAndNoneChoosesEverything() {
    assertThat(matches("id==x", "type==source.local")).isTrue();
    assertThat(matches("id==x", "id==y")).isFalse();
    assertThat(matches()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "==a",
        "id=a",
        "id==",
        "id==a b",
        "id==a,",
        "id==\"a",
        "id==\"\\q\"",
        "id~=(",
        "id===a",
        "id.",
        "id==/a/",
        ","
      })
  void whatIsWrongIsNamedWithItsPlace(String filter) {
    assertThatThrownBy(() -> Filter.parse(filter))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("filter '" + filter + "' at ");
  }
}
