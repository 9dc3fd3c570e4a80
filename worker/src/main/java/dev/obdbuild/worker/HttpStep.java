package dev.obdbuild.worker;

import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.solver.CacheMap;
import dev.obdbuild.solver.Op;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.solver.progress.StatusProgress;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.source.http.FileName;
import dev.obdbuild.worker.source.http.FileSignature;
import dev.obdbuild.worker.source.http.HashedFile;
import dev.obdbuild.worker.source.http.HttpFile;
import dev.obdbuild.worker.source.http.HttpFiles;
import dev.obdbuild.worker.source.http.HttpSource;
import dev.obdbuild.worker.source.http.SuffixedHash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of an HTTP server, or an upload of the build's caller. Its key is its content; with a
 * checksum, nothing is fetched to know the key.
 */
final class HttpStep implements Op<WorkerResult> {

  private static final String HEADER_SECRET = "HTTP_AUTH_HEADER_";
  private static final String TOKEN_SECRET = "HTTP_AUTH_TOKEN_";

  private final Workspace workspace;
  private final SourceOp op;
  private final HttpSource source;
  private final BuildFiles files;
  private @Nullable HttpFile file;

  HttpStep(Workspace workspace, SourceOp op, BuildFiles files) throws IOException {
    this.workspace = workspace;
    this.op = op;
    this.source = HttpSource.of(op);
    this.files = files;
  }

  @Override
  public CacheMap<WorkerResult> cacheMap(OpContext context) throws IOException {
    HttpFile found = find(context);
    file = found;
    workspace.sources().put(op, found.digest().toString());
    return CacheMap.of(
        new OpKey("http", 1)
            .add("name", found.name())
            .add("content", found.digest().toString())
            .add("modified", modified(found).map(Instant::toString).orElse(""))
            .add("permissions", source.permissions())
            .add("uid", source.uid())
            .add("gid", source.gid())
            .digest(),
        List.of());
  }

  /** With a checksum the key is the same whether the server was asked or not. */
  private Optional<Instant> modified(HttpFile found) {
    return source.checksum().isPresent() ? Optional.empty() : found.lastModified();
  }

  private HttpFile find(OpContext context) throws IOException {
    HttpFile found =
        source.checksum().isPresent()
            ? new HttpFile(
                FileName.of(source.filename(), Optional.empty(), source.url()),
                source.checksum().get(),
                Optional.empty(),
                Optional.empty())
            : fetch(context, false);
    return source.signature().isPresent()
        ? verified(found, source.signature().get(), context)
        : found;
  }

  /** The signature needs the bytes, unless it was verified over the same ones before. */
  private HttpFile verified(HttpFile found, FileSignature signature, OpContext context)
      throws IOException {
    if (found.bytes().isEmpty() && files.http().isVerified(found.digest(), signature)) {
      return found;
    }
    HttpFile whole = found.bytes().isPresent() ? found : fetch(context, true);
    check(whole, found.digest());
    signature.verify(whole.bytes().orElseThrow());
    files.http().noteVerified(found.digest(), signature);
    return new HttpFile(found.name(), found.digest(), whole.lastModified(), whole.bytes());
  }

  /** The file as the server has it now, without its bytes. */
  HttpFile resolve(OpContext context) throws IOException {
    if (source.isUpload()) {
      throw new RefusedException("an upload can be read only once: " + source.shown());
    }
    HttpFile found = find(context);
    if (found.bytes().isPresent()) {
      Files.deleteIfExists(found.bytes().get());
    }
    return new HttpFile(found.name(), found.digest(), found.lastModified(), Optional.empty());
  }

  /**
   * The file as the server has it now, whose bytes are hashed with others behind them.
   *
   * @throws IOException also when it has not the checksum or the signature that the source expects
   */
  HashedFile hashed(SuffixedHash wanted, OpContext context) throws IOException {
    if (source.isUpload()) {
      throw new RefusedException("an upload can be read only once: " + source.shown());
    }
    HttpFile found = fetch(context, true);
    Path bytes = found.bytes().orElseThrow();
    try {
      if (source.checksum().isPresent()) {
        check(found, source.checksum().get());
      }
      if (source.signature().isPresent()) {
        source.signature().get().verify(bytes);
      }
      return new HashedFile(
          new HttpFile(found.name(), found.digest(), found.lastModified(), Optional.empty()),
          wanted.of(bytes));
    } finally {
      Files.deleteIfExists(bytes);
    }
  }

  private void check(HttpFile found, Digest expected) throws IOException {
    if (!found.digest().equals(expected)) {
      throw new IOException(
          "digest mismatch for "
              + source.shown()
              + ": "
              + found.digest()
              + " (expected: "
              + expected
              + ")");
    }
  }

  @Override
  public List<WorkerResult> exec(OpContext context, List<WorkerResult> inputs) throws IOException {
    HttpFile known = file;
    if (known == null) {
      throw new IllegalStateException("the file is found with its key");
    }
    HttpFile found = known.bytes().isPresent() ? known : fetch(context, true);
    check(found, known.digest());
    Path bytes = found.bytes().orElseThrow();
    try (ActiveSnapshot active = workspace.prepare(Optional.empty(), context, "http")) {
      workspace
          .snapshots()
          .mountThreads()
          .call(
              () -> {
                placed(known.name(), found.lastModified()).put(bytes, active.path());
                return true;
              });
      return List.of(new SnapshotResult(active.commit("http url " + source.shown())));
    } finally {
      Files.deleteIfExists(bytes);
    }
  }

  private PlacedFile placed(String name, Optional<Instant> modified) {
    return new PlacedFile(name, source.permissions(), source.uid(), source.gid(), modified);
  }

  private HttpFile fetch(OpContext context, boolean again) throws IOException {
    String what = source.isUpload() ? "upload" : "downloading " + source.shown();
    try (StatusProgress status = context.progress().status(what)) {
      HttpFiles.Get get =
          new HttpFiles.Get(
              source,
              source.isUpload() ? Optional.empty() : authorization(),
              files.folder().resolve(workspace.newName("download")),
              again,
              bytes -> status.update(bytes, 0),
              context.cancellation());
      return source.isUpload() ? upload(get) : files.http().get(get);
    }
  }

  private HttpFile upload(HttpFiles.Get get) throws IOException {
    String path = source.url().getRawPath();
    BuildFiles.Uploaded kept = files.uploaded(path, () -> receive(path, get));
    Files.createLink(get.target(), kept.file());
    String name = FileName.of(source.filename(), Optional.empty(), source.url());
    return new HttpFile(name, kept.digest(), Optional.empty(), Optional.of(get.target()));
  }

  private BuildFiles.Uploaded receive(String path, HttpFiles.Get get) throws IOException {
    Path kept = files.folder().resolve(workspace.newName("upload"));
    try (InputStream in = workspace.session().uploads().open(path)) {
      HttpFiles.Get into =
          new HttpFiles.Get(
              source, Optional.empty(), kept, false, get.progress(), get.cancellation());
      return new BuildFiles.Uploaded(kept, HttpFiles.copy(in, into));
    }
  }

  private Optional<String> authorization() throws IOException {
    Secrets secrets = workspace.session().secrets();
    if (!source.authHeaderSecret().isEmpty()) {
      Optional<String> header = text(secrets.get(source.authHeaderSecret()));
      if (header.isEmpty()) {
        throw new IOException(
            "failed to retrieve HTTP auth secret "
                + source.authHeaderSecret()
                + " for "
                + source.shown()
                + ": not found");
      }
      return header;
    }
    String host = source.url().getHost();
    Optional<String> token = text(secrets.get(TOKEN_SECRET + host));
    return token.isPresent()
        ? token.map(value -> "Bearer " + value)
        : text(secrets.get(HEADER_SECRET + host));
  }

  private static Optional<String> text(Optional<byte[]> secret) {
    return secret.map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}
