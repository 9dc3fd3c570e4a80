package dev.obdbuild.pusher;

/**
 * Is told what an export does, in the words of BuildKit, which clients print: {@code exporting
 * layers}, {@code exporting manifest sha256:..}, {@code pushing layers}. Stages may overlap.
 */
@FunctionalInterface
public interface ExportStages {

  /** A listener that does not care. */
  ExportStages NONE = name -> (current, total) -> {};

  /** A stage begins. */
  Stage begin(String name);

  /**
   * A stage begins that clients know by more than its name.
   *
   * @param action what is done: {@code transferring}
   */
  default Stage begin(String name, String action) {
    return begin(name);
  }

  /** A stage that is over in no time. */
  default void mark(String name) {
    begin(name).close();
  }

  /** One stage, ended by closing it, whether it failed or not. */
  @FunctionalInterface
  interface Stage extends AutoCloseable {

    /**
     * How far it is.
     *
     * @param total 0 when it is not known
     */
    void update(long current, long total);

    @Override
    default void close() {}
  }
}
