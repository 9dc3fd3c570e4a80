package dev.obdbuild.frontend.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretNamesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "apikey",
        "AUTH",
        "credential",
        "DB_CREDENTIALS",
        "key_id",
        "DATABASE_PASSWORD",
        "my_pword_x",
        "Passwd",
        "secret_MESSAGE",
        "GITHUB_TOKEN",
        "PUBLICKEY_TOKEN",
      })
  void aWordForASecretAtEitherEndOrBetweenUnderscoresIsASecret(String name) {
    assertThat(SecretNames.matches(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "monkey",
        "MyKey",
        "keys",
        "author",
        "tokens_max",
        "API-KEY",
        "public_key",
        "TOKEN_FILE",
        "auth_VERSION",
        "file_secret_x",
      })
  void otherNamesAndNamesOfHarmlessThingsAreNot(String name) {
    assertThat(SecretNames.matches(name)).isFalse();
  }
}
