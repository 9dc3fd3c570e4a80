package dev.obdbuild.worker.cachemount;

/** How a folder is shared. */
public enum Sharing {
  /** With everyone who does not lock it. */
  SHARED,
  /** Not at all: who comes second gets a folder of his own. */
  PRIVATE,
  /** Not at all: who comes second waits. */
  LOCKED
}
