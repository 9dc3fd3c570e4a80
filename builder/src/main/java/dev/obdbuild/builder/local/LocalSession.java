package dev.obdbuild.builder.local;

import dev.obdbuild.builder.session.ClientOutput;
import dev.obdbuild.builder.session.ClientSession;
import dev.obdbuild.builder.session.serve.OutputTarget;
import dev.obdbuild.builder.session.serve.SessionServer.Lent;
import dev.obdbuild.builder.session.sync.SentBytes;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.protos.exporter.FinalizeExportRequest;
import dev.obdbuild.protos.exporter.FindExportersRequest;
import dev.obdbuild.protos.exporter.FindExportersResponse;
import dev.obdbuild.protos.policysession.CheckPolicyRequest;
import dev.obdbuild.protos.policysession.CheckPolicyResponse;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.worker.Secrets;
import dev.obdbuild.worker.SshAgents;
import dev.obdbuild.worker.source.local.LocalFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A client that is this process itself. */
final class LocalSession implements ClientSession {

  private final Lent lent;
  private final MountThreads threads;
  private final Map<String, InputStream> uploads;

  /**
   * @param threads read results
   */
  LocalSession(Lent lent, MountThreads threads) {
    this.lent = lent;
    this.threads = threads;
    this.uploads = new ConcurrentHashMap<>(lent.uploads());
  }

  /** Sources that name no session are this one's. */
  @Override
  public String id() {
    return "";
  }

  @Override
  public Cancellation ended() {
    return Cancellation.never();
  }

  @Override
  public boolean offers(String method) {
    return true;
  }

  @Override
  public LocalFiles locals() {
    return lent.folders();
  }

  @Override
  public Credentials credentials() {
    return lent.credentials();
  }

  @Override
  public Secrets secrets() {
    return lent.secrets();
  }

  @Override
  public SshAgents ssh() {
    return lent.agents();
  }

  @Override
  public ContentStore contents(String store) {
    ContentStore found = lent.stores().get(store);
    if (found == null) {
      throw new IllegalArgumentException("there is no store " + store);
    }
    return found;
  }

  @Override
  public CheckPolicyResponse checkPolicy(CheckPolicyRequest request) throws IOException {
    throw new IOException("a build in this process has no policy to ask");
  }

  @Override
  public FindExportersResponse findExporters(FindExportersRequest request) {
    return FindExportersResponse.getDefaultInstance();
  }

  @Override
  public void finalizeExport(FinalizeExportRequest request) {
    // This process knows what it exported.
  }

  @Override
  public InputStream upload(String path) throws IOException {
    InputStream stream = uploads.remove(path.startsWith("/") ? path : "/" + path);
    if (stream == null) {
      throw new NoSuchFileException("upload " + path);
    }
    return stream;
  }

  @Override
  public ClientOutput output(int exporter) {
    @Nullable OutputTarget target = lent.outputs().get(exporter);
    return new ClientOutput() {
      @Override
      public Upload file(Map<String, String> metadata) throws IOException {
        if (target instanceof OutputTarget.Single single) {
          return new Written(single.open(metadata));
        }
        throw new IOException("output " + exporter + " is no file");
      }

      @Override
      public void folder(dev.obdbuild.worker.content.FileTree tree, SentBytes sent)
          throws IOException {
        if (!(target instanceof OutputTarget.Folder folder)) {
          throw new IOException("output " + exporter + " is no folder");
        }
        threads.call(
            () -> {
              new FolderCopy(tree, folder.path(), folder.mirror(), sent).run();
              return true;
            });
      }
    };
  }

  /** A file on this disk; one that was given up is left as far as it came. */
  private static final class Written extends ClientOutput.Upload {

    private final OutputStream out;

    Written(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      out.write(from, offset, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }

    @Override
    public void abort(String why) {
      try {
        out.close();
      } catch (IOException e) {
        // The failure that it is given up for is told already.
      }
    }
  }
}
