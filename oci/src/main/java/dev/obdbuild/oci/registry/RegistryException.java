package dev.obdbuild.oci.registry;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A registry did not do what it was asked. One kind per thing the caller would do about it. */
public abstract sealed class RegistryException extends IOException {
  /** One entry of the registry's own list of errors. */
  public record ApiError(String code, String message) {
    @Override
    public String toString() {
      return message.isEmpty() ? code : code + ": " + message;
    }
  }

  private final String url;
  private final int status;
  private final List<ApiError> errors;

  RegistryException(
      String message, String url, int status, List<ApiError> errors, @Nullable Throwable cause) {
    super(message, cause);
    this.url = url;
    this.status = status;
    this.errors = List.copyOf(errors);
  }

  /** What was asked for; carries no signature or token. */
  public String url() {
    return url;
  }

  /** The HTTP status, or 0 if there was no answer. */
  public int status() {
    return status;
  }

  /** What the registry itself said, possibly nothing. */
  public List<ApiError> errors() {
    return errors;
  }

  /** The registry wants a login, or refuses the one it got. */
  public static final class Unauthorized extends RegistryException {
    Unauthorized(
        String message, String url, int status, List<ApiError> errors, @Nullable Throwable cause) {
      super(message, url, status, errors, cause);
    }
  }

  /** The login is good but may not do this. */
  public static final class Denied extends RegistryException {
    Denied(String message, String url, int status, List<ApiError> errors) {
      super(message, url, status, errors, null);
    }
  }

  /** There is no such image, manifest, blob or repository. */
  public static final class NotFound extends RegistryException {
    NotFound(String message, String url, int status, List<ApiError> errors) {
      super(message, url, status, errors, null);
    }
  }

  /**
   * The registry could not be reached, broke off, or says that it cannot serve now; retries did not
   * help.
   */
  public static final class Unavailable extends RegistryException {
    private final @Nullable Duration retryAfter;

    Unavailable(
        String message,
        String url,
        int status,
        List<ApiError> errors,
        @Nullable Duration retryAfter,
        @Nullable Throwable cause) {
      super(message, url, status, errors, cause);
      this.retryAfter = retryAfter;
    }

    /** How long the registry asked us to wait, if it did. */
    public Optional<Duration> retryAfter() {
      return Optional.ofNullable(retryAfter);
    }
  }

  /** The bytes are not those that the digest names. */
  public static final class DigestMismatch extends RegistryException {
    DigestMismatch(String message, String url) {
      super(message, url, 0, List.of(), null);
    }
  }

  /** Any other refusal, or an answer that breaks the protocol. */
  public static final class Rejected extends RegistryException {
    Rejected(String message, String url, int status, List<ApiError> errors) {
      super(message, url, status, errors, null);
    }
  }
}
