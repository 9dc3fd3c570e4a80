package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * A service that tells the login for one repository: {@code GET url?remote_url=...}, answered by
 * {@code {"success": true, "data": {"auths": {...}}}}. Asked before each new token; neither
 * redirected nor repeated. Thread-safe.
 */
public final class CredentialService implements Credentials {
  private static final int MAX_ANSWER = 1 << 20;

  private final Place place;
  private final Repository repository;
  private final String blobUrl;

  /**
   * Where the service is.
   *
   * @param url without a query
   * @param socket unix socket to speak through; empty for {@code url}'s own host
   * @param timeout for the whole answer
   * @param authority the only one whose certificate the service may show; empty for the JDK's
   * @param clientKey what to show to it
   */
  public record Place(
      String url,
      Optional<Path> socket,
      Duration timeout,
      Optional<Path> authority,
      Optional<HostConfig.ClientKey> clientKey) {}

  /**
   * @param blobUrl the address that the login is for, handed to the service
   */
  public CredentialService(Place place, Repository repository, String blobUrl) {
    this.place = place;
    this.repository = repository;
    this.blobUrl = blobUrl;
  }

  @Override
  public Optional<Login> login(String registry) throws IOException {
    if (!registry.equals(repository.registry())) {
      return Optional.empty();
    }
    URI uri = uri();
    JsonReader answer = JsonReader.parse(answer(uri), "answer of credential service " + where());
    if (!answer.bool("success")) {
      throw new IOException(
          "credential service "
              + where()
              + " has no login for "
              + blobUrl
              + " (trace id '"
              + answer.string("traceId")
              + "')");
    }
    Optional<JsonReader> data = answer.object("data");
    return data.isEmpty() ? Optional.empty() : RepositoryLogins.find(data.get(), repository);
  }

  private String where() {
    return place.socket().map(Path::toString).orElse(place.url());
  }

  /** As the original sends it: of an address of a blob nothing needs to be escaped. */
  private URI uri() throws IOException {
    try {
      return URI.create(place.url() + "?remote_url=" + blobUrl);
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + place.url() + "' is not the address of a credential service", e);
    }
  }

  private byte[] answer(URI uri) throws IOException {
    if (place.socket().isPresent()) {
      try {
        return SocketCall.get(place.socket().get(), uri, place.timeout(), MAX_ANSWER);
      } catch (IOException e) {
        throw unanswered(String.valueOf(e.getMessage()), e);
      }
    }
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(place.timeout());
    if (place.authority().isPresent() || place.clientKey().isPresent()) {
      builder.sslContext(tls());
    }
    try (HttpClient client = builder.build()) {
      try {
        return body(
            client
                .sendAsync(
                    HttpRequest.newBuilder(uri).build(),
                    BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER))
                .get(place.timeout().toMillis(), TimeUnit.MILLISECONDS));
      } finally {
        client.shutdownNow();
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw unanswered(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException e) {
      throw unanswered("no answer within " + place.timeout().toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Retry.interrupted();
    }
  }

  private byte[] body(HttpResponse<byte[]> response) throws IOException {
    if (response.statusCode() != 200) {
      throw new IOException("credential service " + where() + " answered " + response.statusCode());
    }
    return response.body();
  }

  private IOException unanswered(String problem, Throwable cause) {
    return new IOException(
        "credential service " + where() + " could not be asked: " + problem, cause);
  }

  private SSLContext tls() throws IOException {
    HostConfig settings =
        HostConfig.DEFAULT.withCaFiles(place.authority().map(List::of).orElse(List.of()));
    if (place.clientKey().isPresent()) {
      settings = settings.withClientKey(place.clientKey().get());
    }
    return place.authority().isPresent()
        ? TlsContexts.trustingOnly(settings)
        : TlsContexts.of(settings);
  }
}
