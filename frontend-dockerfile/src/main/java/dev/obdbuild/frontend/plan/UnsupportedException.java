package dev.obdbuild.frontend.plan;

import java.io.IOException;

/** A client asks for something that this frontend does not know; clients then do without it. */
public final class UnsupportedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What kind of thing it is. */
  public enum Kind {
    /** The value of {@code requestid}. */
    REQUEST,
    /** One of {@code frontend.caps}. */
    CAPABILITY
  }

  private final Kind kind;
  private final String name;

  private UnsupportedException(Kind kind, String name, String message) {
    super(message);
    this.kind = kind;
    this.name = name;
  }

  static UnsupportedException request(String name) {
    return new UnsupportedException(Kind.REQUEST, name, "unsupported request " + name);
  }

  /** One of {@code frontend.caps}. */
  public static UnsupportedException capability(String name) {
    return new UnsupportedException(
        Kind.CAPABILITY, name, "unsupported frontend capability " + name);
  }

  public Kind kind() {
    return kind;
  }

  /** What is not known. */
  public String name() {
    return name;
  }
}
