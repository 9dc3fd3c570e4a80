package dev.obdbuild.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The distribution protocol of a {@link TestRegistry}. */
final class RegistryHandler implements HttpHandler {
  private static final Pattern MANIFEST = Pattern.compile("/v2/(.+)/manifests/([^/]+)");
  private static final Pattern BLOB = Pattern.compile("/v2/(.+)/blobs/([^/]+:[^/]+)");
  private static final Pattern UPLOADS = Pattern.compile("/v2/(.+)/blobs/uploads/?");
  private static final Pattern UPLOAD = Pattern.compile("/v2/(.+)/blobs/uploads/([^/]+)");
  private static final Pattern REFERRERS = Pattern.compile("/v2/(.+)/referrers/([^/]+)");
  private static final Pattern TAGS = Pattern.compile("/v2/(.+)/tags/list");
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");

  private final TestRegistry registry;
  private final boolean redirected;
  private final CountDownLatch end;

  RegistryHandler(TestRegistry registry, boolean redirected, CountDownLatch end) {
    this.registry = registry;
    this.redirected = redirected;
    this.end = end;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      @Nullable Fault fault = registry.log(exchange, redirected);
      switch (fault) {
        case Fault.Reset reset -> {}
        case Fault.Status status -> fail(exchange, status);
        case Fault.Redirect redirect -> {
          exchange.getResponseHeaders().set("Location", redirect.location());
          Answers.empty(exchange, 307);
        }
        case null, default -> route(exchange, fault);
      }
    }
  }

  private static void fail(HttpExchange exchange, Fault.Status fault) throws IOException {
    if (!fault.retryAfter().isEmpty()) {
      exchange.getResponseHeaders().set("Retry-After", fault.retryAfter());
    }
    exchange.getRequestBody().readAllBytes();
    Answers.error(exchange, fault.status(), fault.code(), fault.message());
  }

  private void route(HttpExchange exchange, @Nullable Fault fault) throws IOException {
    String path = exchange.getRequestURI().getPath();
    RegistryLogin login = registry.login();
    if (path.equals("/token")) {
      login.token(exchange);
      return;
    }
    boolean push = !List.of("GET", "HEAD").contains(exchange.getRequestMethod());
    if (path.equals("/v2/") || path.equals("/v2")) {
      if (login.admits(exchange, registry.base(), "", false)) {
        Answers.json(exchange, 200, "{}");
      }
      return;
    }
    for (Pattern pattern : List.of(MANIFEST, UPLOADS, UPLOAD, BLOB, REFERRERS, TAGS)) {
      Matcher matcher = pattern.matcher(path);
      if (matcher.matches()) {
        String repository = matcher.group(1);
        if (redirected || login.admits(exchange, registry.base(), repository, push)) {
          dispatch(exchange, pattern, matcher, repository, fault);
        }
        return;
      }
    }
    Answers.error(exchange, 404, "NAME_UNKNOWN", "no such address");
  }

  private void dispatch(
      HttpExchange exchange,
      Pattern pattern,
      Matcher matcher,
      String repository,
      @Nullable Fault fault)
      throws IOException {
    if (pattern == MANIFEST) {
      manifest(exchange, repository, matcher.group(2), fault);
    } else if (pattern == BLOB) {
      blob(exchange, repository, matcher.group(2), fault);
    } else if (pattern == UPLOADS) {
      start(exchange, repository);
    } else if (pattern == UPLOAD) {
      upload(exchange, repository, matcher.group(2), fault);
    } else if (pattern == REFERRERS) {
      referrers(exchange, repository, matcher.group(2));
    } else {
      String tags = String.join("\",\"", registry.store().tags(repository));
      Answers.json(exchange, 200, "{\"name\":\"" + repository + "\",\"tags\":[\"" + tags + "\"]}");
    }
  }

  private void manifest(
      HttpExchange exchange, String repository, String name, @Nullable Fault fault)
      throws IOException {
    if (exchange.getRequestMethod().equals("PUT")) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      @Nullable String type = exchange.getRequestHeaders().getFirst("Content-Type");
      String digest =
          registry.store().putManifest(repository, name, type == null ? "" : type, body);
      if (registry.keepsReferrers()
          && new String(body, StandardCharsets.UTF_8).contains("\"subject\"")) {
        exchange.getResponseHeaders().set("OCI-Subject", "yes");
      }
      exchange.getResponseHeaders().set("Docker-Content-Digest", told(digest, fault));
      Answers.empty(exchange, 201);
      return;
    }
    Optional<RegistryStore.StoredManifest> found = registry.store().manifest(repository, name);
    if (found.isEmpty()) {
      Answers.error(exchange, 404, "MANIFEST_UNKNOWN", "manifest unknown");
      return;
    }
    byte[] body = found.get().body();
    exchange.getResponseHeaders().set("Content-Type", found.get().mediaType());
    exchange
        .getResponseHeaders()
        .set("Docker-Content-Digest", told(RegistryStore.sha256(body), fault));
    Answers.bytes(exchange, 200, body, 0, body.length, fault, end);
  }

  private static String told(String digest, @Nullable Fault fault) {
    return fault instanceof Fault.WrongDigest ? RegistryStore.sha256(new byte[] {42}) : digest;
  }

  private void blob(HttpExchange exchange, String repository, String digest, @Nullable Fault fault)
      throws IOException {
    Optional<byte[]> found = registry.store().blob(repository, digest);
    if (found.isEmpty()) {
      Answers.error(exchange, 404, "BLOB_UNKNOWN", "blob unknown to registry");
      return;
    }
    Optional<String> elsewhere = registry.redirect(exchange.getRequestURI().toString());
    if (!redirected && elsewhere.isPresent() && exchange.getRequestMethod().equals("GET")) {
      exchange.getResponseHeaders().set("Location", elsewhere.get());
      Answers.empty(exchange, 307);
      return;
    }
    byte[] body = found.get();
    @Nullable String range = exchange.getRequestHeaders().getFirst("Range");
    Matcher matcher = RANGE.matcher(range == null || !registry.knowsRanges() ? "" : range);
    if (!matcher.matches()) {
      Answers.bytes(exchange, 200, body, 0, body.length, fault, end);
      return;
    }
    long from = Long.parseLong(matcher.group(1));
    long last =
        matcher.group(2).isEmpty()
            ? body.length - 1
            : Math.min(Long.parseLong(matcher.group(2)), body.length - 1);
    if (fault instanceof Fault.WrongLength wrong) {
      last = Math.clamp(last + wrong.difference(), from, body.length - 1);
    }
    if (from > last) {
      Answers.error(exchange, 416, "RANGE_INVALID", "range invalid");
      return;
    }
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + last + "/" + body.length);
    Answers.bytes(exchange, 206, body, (int) from, (int) (last - from + 1), fault, end);
  }

  private void start(HttpExchange exchange, String repository) throws IOException {
    exchange.getRequestBody().readAllBytes();
    Map<String, String> query = TestRegistry.query(exchange.getRequestURI());
    String mount = query.getOrDefault("mount", "");
    Optional<byte[]> blob = registry.store().blob(query.getOrDefault("from", ""), mount);
    if (registry.mounts() && blob.isPresent()) {
      registry.store().putBlob(repository, blob.get());
      exchange.getResponseHeaders().set("Docker-Content-Digest", mount);
      exchange.getResponseHeaders().set("Location", "/v2/" + repository + "/blobs/" + mount);
      Answers.empty(exchange, 201);
      return;
    }
    String id = registry.store().startUpload(repository);
    exchange
        .getResponseHeaders()
        .set("Location", "/v2/" + repository + "/blobs/uploads/" + id + "?_state=x");
    exchange.getResponseHeaders().set("Range", "0-0");
    Answers.empty(exchange, 202);
  }

  private void upload(HttpExchange exchange, String repository, String id, @Nullable Fault fault)
      throws IOException {
    RegistryStore.@Nullable Upload upload = registry.store().upload(id);
    if (upload == null) {
      exchange.getRequestBody().readAllBytes();
      Answers.error(exchange, 404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
      return;
    }
    switch (exchange.getRequestMethod()) {
      case "GET" -> state(exchange, repository, id, upload, 204);
      case "DELETE" -> {
        registry.store().endUpload(id);
        Answers.empty(exchange, 204);
      }
      case "PATCH" -> {
        if (inOrder(exchange, upload)
            && receive(exchange, upload, fault)
            && !(fault instanceof Fault.SilentAfter)) {
          state(exchange, repository, id, upload, 202);
        }
      }
      case "PUT" -> {
        if (receive(exchange, upload, fault)) {
          finish(exchange, repository, id, upload, fault);
        }
      }
      default -> Answers.error(exchange, 405, "UNSUPPORTED", "method not allowed");
    }
  }

  private static boolean inOrder(HttpExchange exchange, RegistryStore.Upload upload)
      throws IOException {
    @Nullable String range = exchange.getRequestHeaders().getFirst("Content-Range");
    if (range == null || Long.parseLong(range.split("-", 2)[0]) == upload.bytes().size()) {
      return true;
    }
    exchange.getRequestBody().readAllBytes();
    Answers.error(exchange, 416, "RANGE_INVALID", "the upload is at " + upload.bytes().size());
    return false;
  }

  /** Takes the body; false if the connection is to die. */
  private boolean receive(HttpExchange exchange, RegistryStore.Upload upload, @Nullable Fault fault)
      throws IOException {
    InputStream in = exchange.getRequestBody();
    long limit = fault instanceof Fault.DieUploading die ? die.bytes() : Long.MAX_VALUE;
    byte[] buffer = new byte[64 << 10];
    long taken = 0;
    int n;
    while (taken < limit
        && (n = in.read(buffer, 0, (int) Math.min(buffer.length, limit - taken))) >= 0) {
      registry.store().append(upload, buffer, n);
      taken += n;
    }
    return !(fault instanceof Fault.DieUploading);
  }

  private static void state(
      HttpExchange exchange, String repository, String id, RegistryStore.Upload upload, int status)
      throws IOException {
    exchange
        .getResponseHeaders()
        .set("Location", "/v2/" + repository + "/blobs/uploads/" + id + "?_state=y");
    exchange.getResponseHeaders().set("Range", "0-" + Math.max(0, upload.bytes().size() - 1));
    Answers.empty(exchange, status);
  }

  private void finish(
      HttpExchange exchange,
      String repository,
      String id,
      RegistryStore.Upload upload,
      @Nullable Fault fault)
      throws IOException {
    String wanted = TestRegistry.query(exchange.getRequestURI()).getOrDefault("digest", "");
    byte[] bytes = upload.bytes().toByteArray();
    String found = RegistryStore.sha256(bytes);
    if (!found.equals(wanted)) {
      Answers.error(
          exchange, 400, "DIGEST_INVALID", "provided digest did not match uploaded content");
      return;
    }
    registry.store().endUpload(id);
    registry.store().putBlob(repository, bytes);
    if (fault instanceof Fault.SilentAfter) {
      return;
    }
    exchange.getResponseHeaders().set("Docker-Content-Digest", told(found, fault));
    exchange.getResponseHeaders().set("Location", "/v2/" + repository + "/blobs/" + found);
    Answers.empty(exchange, 201);
  }

  private void referrers(HttpExchange exchange, String repository, String subject)
      throws IOException {
    if (!registry.keepsReferrers()) {
      Answers.error(exchange, 404, "NOT_FOUND", "page not found");
      return;
    }
    StringBuilder list = new StringBuilder();
    for (RegistryStore.StoredManifest manifest : registry.store().referrers(repository, subject)) {
      String text = new String(manifest.body(), StandardCharsets.UTF_8);
      Matcher type = Pattern.compile("\"artifactType\":\"([^\"]*)\"").matcher(text);
      list.append(list.isEmpty() ? "" : ",")
          .append(
              "{\"mediaType\":\""
                  + manifest.mediaType()
                  + "\",\"digest\":\""
                  + RegistryStore.sha256(manifest.body()))
          .append("\",\"size\":" + manifest.body().length)
          .append(type.find() ? ",\"artifactType\":\"" + type.group(1) + "\"}" : "}");
    }
    exchange.getResponseHeaders().set("Content-Type", "application/vnd.oci.image.index.v1+json");
    Answers.json(exchange, 200, "{\"schemaVersion\":2,\"manifests\":[" + list + "]}");
  }
}
