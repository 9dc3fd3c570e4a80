package dev.obdbuild.worker;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The SSH agents that the caller of a build lends it. Nothing of what passes through them goes into
 * a key, a layer or a log. Thread-safe.
 */
public interface SshAgents {

  /**
   * Says that there is an agent.
   *
   * @param id as in {@code --ssh ID}; empty is the default one
   * @return false when there is none
   * @throws IOException when the caller cannot be asked
   */
  boolean has(String id) throws IOException;

  /** Connects to an agent. The caller closes the connection. */
  Connection connect(String id) throws IOException;

  /** One conversation with an agent. The two directions are used by two threads. */
  interface Connection extends Closeable {

    /** What the agent says; ends when it ends the conversation. */
    InputStream in();

    /** What is said to the agent; closing it says that no more comes. */
    OutputStream out();
  }

  /** No agents at all. */
  static SshAgents none() {
    return new SshAgents() {
      @Override
      public boolean has(String id) {
        return false;
      }

      @Override
      public Connection connect(String id) throws IOException {
        throw new IOException("no SSH agent \"" + id + "\" forwarded from the client");
      }
    };
  }
}
