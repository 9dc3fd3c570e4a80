package dev.obdbuild.testkit;

import java.util.List;

/** What a {@link TestRegistry} does wrong to one request. */
public sealed interface Fault {
  /**
   * Answers with a status and the registry's JSON of one error.
   *
   * @param retryAfter value of that header; empty for none
   */
  record Status(int status, String code, String message, String retryAfter) implements Fault {}

  /** Closes the connection without an answer. */
  record Reset() implements Fault {}

  /** Answers well, but closes the connection after so many bytes of the body. */
  record Truncate(long bytes) implements Fault {}

  /** Answers well, but after so many bytes of the body nothing comes any more. */
  record Stall(long bytes) implements Fault {}

  /** Flips one bit of the body, at this byte of it. */
  record Corrupt(int at) implements Fault {}

  /** Answers a ranged request with so many bytes more, or fewer, than were asked for. */
  record WrongLength(int difference) implements Fault {}

  /** Sends the client to another address. */
  record Redirect(String location) implements Fault {}

  /** Takes so many bytes of an upload, keeps them and closes the connection. */
  record DieUploading(long bytes) implements Fault {}

  /** Answers well, but names another digest in {@code Docker-Content-Digest}. */
  record WrongDigest() implements Fault {}

  /** Takes all of the request and does it, then closes the connection without an answer. */
  record SilentAfter() implements Fault {}

  /** A status with an error code of the registry. */
  static Fault status(int status, String code) {
    return new Status(status, code, "planted by the test", "");
  }

  /** Too many requests, to be repeated after so many seconds. */
  static Fault tooMany(int seconds) {
    return new Status(429, "TOOMANYREQUESTS", "planted by the test", Integer.toString(seconds));
  }

  /** Those that a client who is patient enough lets nobody notice. */
  static List<Fault> passing() {
    return List.of(
        new Reset(),
        new Truncate(3000),
        new Stall(0),
        new Stall(5000),
        status(500, "X"),
        status(503, "X"),
        tooMany(1),
        new WrongLength(100),
        new WrongLength(-100),
        new Corrupt(2000),
        new Redirect("http://127.0.0.1:1/gone"));
  }
}
