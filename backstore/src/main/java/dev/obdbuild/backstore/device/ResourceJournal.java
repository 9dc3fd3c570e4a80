package dev.obdbuild.backstore.device;

import java.io.IOException;

/**
 * Where kernel resources are recorded before they are made, so that a later process can undo a dead
 * one's.
 */
public interface ResourceJournal {

  /**
   * Records what is about to be made; returns when the record would outlive this process.
   *
   * @param kind as {@link DeviceSweep#undo} takes it
   * @param detail as {@link DeviceSweep#undo} takes it
   */
  Entry record(String kind, String detail) throws IOException;

  /** One record. */
  interface Entry extends AutoCloseable {
    /** Removes the record: the resource is gone. */
    @Override
    void close() throws IOException;
  }

  /** For owners whose resources are found by where they lie, see {@link DeviceSweep#undoBelow}. */
  static ResourceJournal none() {
    return (kind, detail) -> () -> {};
  }
}
