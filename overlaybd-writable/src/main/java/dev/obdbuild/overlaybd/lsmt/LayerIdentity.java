package dev.obdbuild.overlaybd.lsmt;

import java.util.Locale;
import java.util.UUID;

/**
 * The two uuids of a layer's header, in upper case as the format has them. Nothing enforces the
 * chain they tell.
 */
public record LayerIdentity(String uuid, String parentUuid) {
  /** What stands for no uuid. */
  public static final String NIL = "00000000-0000-0000-0000-000000000000";

  /** Neither uuid is set. */
  public static final LayerIdentity NONE = new LayerIdentity(NIL, NIL);

  /**
   * Accepts uuids in any case; an empty one means none.
   *
   * @throws IllegalArgumentException if one is neither empty nor 8-4-4-4-12 hex digits
   */
  public LayerIdentity {
    uuid = normalised(uuid);
    parentUuid = normalised(parentUuid);
  }

  /** A fresh random uuid without a parent. */
  public static LayerIdentity random() {
    return new LayerIdentity(UUID.randomUUID().toString(), NIL);
  }

  static String normalised(String uuid) {
    if (uuid.isEmpty()) {
      return NIL;
    }
    if (!uuid.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
      throw new IllegalArgumentException("not a uuid: " + uuid);
    }
    return uuid.toUpperCase(Locale.ROOT);
  }
}
