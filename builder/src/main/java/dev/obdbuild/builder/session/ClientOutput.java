package dev.obdbuild.builder.session;

import dev.obdbuild.builder.session.sync.SentBytes;
import dev.obdbuild.worker.content.FileTree;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** Takes the output of one exporter to the client's disk. */
public interface ClientOutput {

  /**
   * A single file, such as a tar. Closing the stream returns when the client has it all; a stream
   * that is not closed normally is to be {@link Upload#abort aborted}.
   *
   * @param metadata sent as {@code exporter-md-KEY} headers
   * @throws IOException when the client refuses, for instance because the file exists
   */
  Upload file(Map<String, String> metadata) throws IOException;

  /**
   * A folder: returns when the client has written it all.
   *
   * @param tree read on the mount threads of the store; not closed
   * @param sent is told what goes
   */
  void folder(FileTree tree, SentBytes sent) throws IOException;

  /** A file on its way. */
  abstract class Upload extends OutputStream {

    /** Gives up: the client is told that the file is not complete. */
    public abstract void abort(String why);
  }
}
