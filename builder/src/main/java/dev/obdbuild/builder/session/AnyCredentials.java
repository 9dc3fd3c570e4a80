package dev.obdbuild.builder.session;

import dev.obdbuild.oci.registry.BearerToken;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.Login;
import dev.obdbuild.oci.registry.TokenQuestion;
import java.io.IOException;
import java.util.Optional;

/** Asks all open sessions in turn, the latest first. */
final class AnyCredentials implements Credentials {
  private final Sessions sessions;

  AnyCredentials(Sessions sessions) {
    this.sessions = sessions;
  }

  @FunctionalInterface
  private interface Question<T> {
    Optional<T> ask(Credentials credentials) throws IOException;
  }

  @Override
  public Optional<Login> login(String registry) throws IOException {
    return first(credentials -> credentials.login(registry));
  }

  @Override
  public Optional<BearerToken> token(TokenQuestion question) throws IOException {
    return first(credentials -> credentials.token(question));
  }

  private <T> Optional<T> first(Question<T> question) throws IOException {
    IOException failure = null;
    for (ClientSession session : sessions.all()) {
      try {
        Optional<T> answer = question.ask(session.credentials());
        if (answer.isPresent()) {
          return answer;
        }
      } catch (java.io.InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        // One client that fails must not keep another's login from being used.
        if (!session.ended().isCancelled()) {
          failure = e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    return Optional.empty();
  }
}
