package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Turns answers and broken connections into errors that say what, where and why. */
final class Failures {
  private static final int MAX_ERROR_BODY = 64 << 10;

  private Failures() {}

  /** The URL without its query, which may carry a signature. */
  static String shown(URI uri) {
    String text = uri.toString();
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query);
  }

  /** The error that {@code response} means; reads and closes it. */
  static RegistryException of(String what, Response response) {
    List<RegistryException.ApiError> errors = errors(response);
    String url = shown(response.uri());
    int status = response.status();
    String said =
        errors.stream().map(RegistryException.ApiError::toString).collect(Collectors.joining("; "));
    String tail =
        " ("
            + response.method()
            + " "
            + url
            + ": "
            + status
            + (said.isEmpty() ? "" : ", " + said)
            + ")";
    if (errors.stream().anyMatch(e -> e.code().equals("DIGEST_INVALID"))) {
      return new RegistryException.DigestMismatch(
          what + ": the bytes are not those of the digest" + tail, url);
    }
    @Nullable Duration asked = response.retryAfter().orElse(null);
    return switch (status) {
      case 401 ->
          new RegistryException.Unauthorized(
              what + ": the registry wants a login, or refuses the one it got" + tail,
              url,
              status,
              errors,
              null);
      case 403 ->
          new RegistryException.Denied(what + ": access denied" + tail, url, status, errors);
      case 404 -> new RegistryException.NotFound(what + ": not found" + tail, url, status, errors);
      case 408, 429 ->
          new RegistryException.Unavailable(
              what + ": the registry asks to slow down" + tail, url, status, errors, asked, null);
      default ->
          status >= 500
              ? new RegistryException.Unavailable(
                  what + ": the registry failed" + tail, url, status, errors, asked, null)
              : new RegistryException.Rejected(
                  what + ": the registry refused" + tail, url, status, errors);
    };
  }

  /** The error that a connection's {@code failure} means. */
  static RegistryException of(String what, String method, URI uri, IOException failure) {
    if (failure instanceof RegistryException known) {
      return known;
    }
    String url = shown(uri);
    return new RegistryException.Unavailable(
        what + ": " + reason(failure, uri) + " (" + method + " " + url + ")",
        url,
        0,
        List.of(),
        null,
        failure);
  }

  /** What went wrong with a connection, in a few words. */
  static String reason(IOException failure, URI uri) {
    String host = uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof UnresolvedAddressException || at instanceof UnknownHostException) {
        return "the host " + uri.getHost() + " is not known";
      }
      if (at instanceof HostGate.ClosedException || at instanceof HostGate.NoTurnException) {
        return String.valueOf(at.getMessage());
      }
      if (at instanceof SSLException) {
        return "TLS with " + host + " failed: " + at.getMessage();
      }
    }
    String message = failure.getMessage();
    if (failure instanceof HttpConnectTimeoutException) {
      return "no connection to " + host + " in time";
    }
    if (failure instanceof ConnectException) {
      return "cannot connect to " + host;
    }
    if (failure instanceof HttpTimeoutException) {
      return host + " did not answer in time" + (message == null ? "" : ": " + message);
    }
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static List<RegistryException.ApiError> errors(Response response) {
    List<RegistryException.ApiError> errors = new ArrayList<>();
    byte[] body;
    try (response) {
      body = response.body().readNBytes(MAX_ERROR_BODY);
    } catch (IOException e) {
      // The status is the news; that its explanation broke off adds nothing.
      return errors;
    }
    try {
      for (JsonReader error : JsonReader.parse(body, "error").objects("errors")) {
        errors.add(
            new RegistryException.ApiError(error.string("code"), clean(error.string("message"))));
      }
    } catch (MalformedDocumentException e) {
      String text = clean(new String(body, StandardCharsets.UTF_8));
      if (!text.isEmpty() && !text.startsWith("<")) {
        errors.add(new RegistryException.ApiError(text, ""));
      }
    }
    return errors;
  }

  /** Words of a stranger: one line, not too long, no control characters. */
  private static String clean(String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= 200 ? line : line.substring(0, 200) + "...";
  }
}
