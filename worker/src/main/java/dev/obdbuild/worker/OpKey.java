package dev.obdbuild.worker;

import dev.obdbuild.llb.FileAction.Account;
import dev.obdbuild.llb.FileAction.ById;
import dev.obdbuild.llb.FileAction.ByName;
import dev.obdbuild.llb.FileAction.Owner;
import dev.obdbuild.oci.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Writes what defines an operation as labelled values and digests it. */
final class OpKey {

  private final StringBuilder text = new StringBuilder();

  /** A key of a kind of operation; the version changes when what the operation does changes. */
  OpKey(String kind, int version) {
    text.append("obd-build ").append(kind).append(' ').append(version).append('\n');
  }

  OpKey add(String label, String value) {
    text.append(label).append(' ').append(value.length()).append(' ').append(value).append('\n');
    return this;
  }

  OpKey add(String label, long value) {
    return add(label, Long.toString(value));
  }

  OpKey add(String label, boolean value) {
    return add(label, Boolean.toString(value));
  }

  OpKey add(String label, List<String> values) {
    add(label, values.size());
    values.forEach(value -> add(label, value));
    return this;
  }

  OpKey add(String label, Optional<Owner> owner) {
    owner.ifPresent(
        who -> {
          add(label + " user", account(who.user()));
          add(label + " group", account(who.group()));
        });
    return add(label, owner.isPresent());
  }

  private static String account(Optional<Account> account) {
    if (account.isEmpty()) {
      return "";
    }
    return switch (account.get()) {
      case ById id -> "id " + id.id();
      case ByName name -> "input " + name.input() + " name " + name.name();
    };
  }

  /** What was added, as text that names it. */
  String text() {
    return text.toString();
  }

  Digest digest() {
    return Digest.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
