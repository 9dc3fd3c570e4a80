package dev.obdbuild.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * Repositories below a folder, served by git's own {@code http-backend} behind the JDK's server.
 */
final class GitServer implements AutoCloseable {

  final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final Path root;
  private final HttpServer server;

  /** The Authorization header that is asked for. */
  volatile Optional<String> authorization = Optional.empty();

  GitServer(Path root) throws IOException {
    this.root = Files.createDirectories(root);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  String url(String repository) {
    return "http://" + host() + "/" + repository;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    requests.add(path);
    if (authorization.isPresent()
        && !authorization.get().equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Basic");
      exchange.sendResponseHeaders(401, -1);
      exchange.close();
      return;
    }
    ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
    Map<String, String> env = builder.environment();
    env.put("GIT_PROJECT_ROOT", root.toString());
    env.put("GIT_HTTP_EXPORT_ALL", "1");
    env.put("GIT_CONFIG_GLOBAL", "/dev/null");
    env.put("PATH_INFO", path);
    env.put("REQUEST_METHOD", exchange.getRequestMethod());
    env.put("QUERY_STRING", Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse(""));
    header(exchange, "Content-Type").ifPresent(type -> env.put("CONTENT_TYPE", type));
    header(exchange, "Content-Encoding").ifPresent(code -> env.put("HTTP_CONTENT_ENCODING", code));
    header(exchange, "Git-Protocol").ifPresent(version -> env.put("GIT_PROTOCOL", version));
    Process backend = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (exchange) {
      byte[] request = exchange.getRequestBody().readAllBytes();
      Thread.ofVirtual()
          .start(
              () -> {
                try (var out = backend.getOutputStream()) {
                  out.write(request);
                } catch (IOException e) {
                  backend.destroy();
                }
              });
      try (InputStream in = new BufferedInputStream(backend.getInputStream())) {
        int status = 200;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
          String[] parts = line.split(": ", 2);
          if (parts[0].toLowerCase(Locale.ROOT).equals("status")) {
            status = Integer.parseInt(parts[1].substring(0, 3));
          } else {
            exchange.getResponseHeaders().set(parts[0], parts[1]);
          }
        }
        exchange.sendResponseHeaders(status, 0);
        in.transferTo(exchange.getResponseBody());
      }
    }
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** Runs git in a repository below the root and yields what it prints. */
  String git(String repository, String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "git",
                "-c",
                "user.name=n",
                "-c",
                "user.email=e",
                "-c",
                "protocol.file.allow=always"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Files.createDirectories(root.resolve(repository)).toFile())
            .redirectErrorStream(true);
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_COMMITTER_DATE", "1000000000 +0000");
    builder.environment().put("GIT_AUTHOR_DATE", "1000000000 +0000");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", arguments) + ": " + output);
    }
    return output.strip();
  }

  /** Commits a file and yields the commit. */
  String commit(String repository, String file, String content)
      throws IOException, InterruptedException {
    Path path = root.resolve(repository).resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
    git(repository, "add", "--all");
    git(repository, "commit", "--quiet", "-m", file);
    return git(repository, "rev-parse", "HEAD");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
