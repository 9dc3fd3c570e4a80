package dev.obdbuild.backstore.tcmu;

/** How a command ended. */
public final class RingResponse {
  /** SCSI status GOOD. */
  static final int GOOD = 0;

  private static final int CHECK_CONDITION = 2;
  private static final int MAX_SENSE = 96;
  private static final RingResponse DONE = new RingResponse(GOOD, new byte[0], -1);

  private final int status;
  private final byte[] sense;
  private final long readLength;

  private RingResponse(int status, byte[] sense, long readLength) {
    this.status = status;
    this.sense = sense;
    this.readLength = readLength;
  }

  /** Carried out, with all of its data. */
  public static RingResponse done() {
    return DONE;
  }

  /** Carried out, having put only so many bytes into its data. */
  public static RingResponse read(long length) {
    return new RingResponse(GOOD, new byte[0], length);
  }

  /** Not carried out, for the reason that the sense data gives. */
  public static RingResponse refused(byte[] sense) {
    if (sense.length > MAX_SENSE) {
      throw new IllegalArgumentException(sense.length + " bytes of sense data");
    }
    return new RingResponse(CHECK_CONDITION, sense.clone(), -1);
  }

  int status() {
    return status;
  }

  byte[] sense() {
    return sense;
  }

  /** Negative when all data counts. */
  long readLength() {
    return readLength;
  }
}
