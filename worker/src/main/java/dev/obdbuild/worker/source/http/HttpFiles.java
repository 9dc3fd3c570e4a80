package dev.obdbuild.worker.source.http;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.Cancellation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Fetches files, asking only for what changed. One for each build; thread-safe. */
public final class HttpFiles implements AutoCloseable {

  private static final int COPY_BYTES = 1 << 16;
  private static final int NOT_MODIFIED = 304;

  private final HttpCalls calls = new HttpCalls();
  private final HttpRecords records;

  /** What is remembered of downloads lies in {@code folder}, which is made when needed. */
  public HttpFiles(Path folder) {
    this.records = new HttpRecords(folder);
  }

  /**
   * One download.
   *
   * @param authorization the Authorization header, sent to the source's own host only
   * @param target where the bytes go; must not exist
   * @param again whether the bytes are needed even when they are known
   * @param progress told the bytes that came so far
   */
  public record Get(
      HttpSource source,
      Optional<String> authorization,
      Path target,
      boolean again,
      LongConsumer progress,
      Cancellation cancellation) {}

  /**
   * The file as the server has it now.
   *
   * @throws IOException naming the URL
   * @throws java.util.concurrent.CancellationException when cancelled
   */
  public HttpFile get(Get get) throws IOException {
    HttpSource source = get.source();
    Optional<HttpRecord> known =
        get.again() ? Optional.empty() : records.find(source).filter(HttpRecord::canBeValidated);
    Map<String, String> headers = new LinkedHashMap<>(source.headers());
    known.ifPresent(record -> validators(record, headers));
    try (HttpCalls.Answer answer =
        calls.get(source.url(), headers, get.authorization(), get.cancellation())) {
      HttpResponse<InputStream> response = answer.response();
      String etag = response.headers().firstValue("ETag").orElse("");
      if (known.isPresent() && unchanged(response.statusCode(), etag, known.get())) {
        HttpRecord record = known.get();
        return new HttpFile(
            record.name(), record.digest(), HttpFile.time(record.lastModified()), Optional.empty());
      }
      if (response.statusCode() < 200 || response.statusCode() >= 300) {
        throw new IOException("invalid response status " + response.statusCode());
      }
      return save(get, response, etag);
    } catch (IOException e) {
      get.cancellation().throwIfCancelled();
      throw new IOException("failed to fetch " + source.shown() + ": " + e.getMessage(), e);
    }
  }

  /** Whether {@link #noteVerified} was told, by this build or an earlier one. */
  public boolean isVerified(Digest content, FileSignature signature) {
    return records.isVerified(content, signature);
  }

  /** Remembers that a signature is over a content: what was true once stays true. */
  public void noteVerified(Digest content, FileSignature signature) throws IOException {
    records.putVerified(content, signature);
  }

  private static void validators(HttpRecord known, Map<String, String> headers) {
    if (!known.etag().isEmpty()) {
      headers.put("If-None-Match", known.etag());
    } else {
      headers.put("If-Modified-Since", known.lastModified());
    }
  }

  /** Some servers send the file again although its validator is the one that we told them. */
  private static boolean unchanged(int status, String etag, HttpRecord known) {
    boolean same = !etag.isEmpty() && HttpRecord.bare(etag).equals(HttpRecord.bare(known.etag()));
    return (status == NOT_MODIFIED && (etag.isEmpty() || same || known.etag().isEmpty()))
        || (status == 200 && same);
  }

  private HttpFile save(Get get, HttpResponse<InputStream> response, String etag)
      throws IOException {
    Digest digest = copy(response.body(), get);
    String modified = response.headers().firstValue("Last-Modified").orElse("");
    String name =
        FileName.of(
            get.source().filename(),
            response.headers().firstValue("Content-Disposition"),
            get.source().url());
    HttpRecord record = new HttpRecord(etag, modified, name, digest);
    if (record.canBeValidated()) {
      records.put(get.source(), record);
    } else {
      records.remove(get.source());
    }
    return new HttpFile(name, digest, HttpFile.time(modified), Optional.of(get.target()));
  }

  /**
   * Writes a stream to the download's target and yields its digest, by the algorithm of the
   * source's checksum. Does not close the stream.
   */
  public static Digest copy(InputStream in, Get get) throws IOException {
    Digest kind = get.source().checksum().orElse(Digest.sha256(new byte[0]));
    MessageDigest hash = kind.newHash();
    try (OutputStream out = Files.newOutputStream(get.target())) {
      byte[] buffer = new byte[COPY_BYTES];
      long total = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        get.cancellation().throwIfCancelled();
        hash.update(buffer, 0, n);
        out.write(buffer, 0, n);
        total += n;
        get.progress().accept(total);
      }
    }
    return kind.finish(hash);
  }

  @Override
  public void close() {
    calls.close();
  }
}
