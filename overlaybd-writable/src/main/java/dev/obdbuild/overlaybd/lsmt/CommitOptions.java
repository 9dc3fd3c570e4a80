package dev.obdbuild.overlaybd.lsmt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What a committed layer's header says besides its data. {@code virtualSize} is the device's size
 * in bytes; uuids may be empty for none; the user tag is free text of at most 256 bytes.
 */
public record CommitOptions(long virtualSize, String uuid, String parentUuid, String userTag) {

  /**
   * @throws IllegalArgumentException if a uuid is malformed, the tag too long or the size negative
   */
  public CommitOptions {
    if (virtualSize < 0) {
      throw new IllegalArgumentException("virtual size " + virtualSize);
    }
    uuid = LayerIdentity.normalised(uuid);
    parentUuid = LayerIdentity.normalised(parentUuid);
    int tagBytes = userTag.getBytes(UTF_8).length;
    if (tagBytes > 256) {
      throw new IllegalArgumentException("user tag has " + tagBytes + " bytes, at most 256 fit");
    }
  }

  /** No uuids and no tag. */
  public static CommitOptions of(long virtualSize) {
    return new CommitOptions(virtualSize, "", "", "");
  }

  LsmtHeader header(int flags, long indexOffset, long indexRecords) {
    String tagBytes = new String(userTag.getBytes(UTF_8), ISO_8859_1);
    return new LsmtHeader(
        flags, indexOffset, indexRecords, virtualSize, uuid, parentUuid, tagBytes);
  }
}
