package dev.obdbuild.builder.attest;

import java.io.IOException;
import java.util.List;

/** A provenance was to tell all that a result was made of, and cannot. */
public final class IncompleteMaterialsException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> folders;

  IncompleteMaterialsException(List<String> folders) {
    super(
        "provenance materials are incomplete: "
            + (folders.isEmpty()
                ? "what the result of a nested build was made of is not known"
                : "no digest is known of the client's folders " + String.join(", ", folders)));
    this.folders = List.copyOf(folders);
  }

  /** The client's folders that were used. */
  public List<String> folders() {
    return folders;
  }
}
