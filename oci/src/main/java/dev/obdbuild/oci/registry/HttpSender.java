package dev.obdbuild.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLParameters;

/**
 * Sends one request and waits for the head of its answer: no redirects, no logins, no retries.
 * Every host has a {@link HostGate}. HTTP/1.1, so that ranged reads travel on connections of their
 * own. Thread-safe.
 */
final class HttpSender implements AutoCloseable {
  private final RegistryConfig config;
  private final ExecutorService threads;
  private final ReentrantLock lock;
  private final Map<HostConfig, HttpClient> clients;
  private final Map<String, HostGate> gates;

  HttpSender(RegistryConfig config) {
    this.config = config;
    this.threads =
        Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("registry-http-", 0).factory());
    this.lock = new ReentrantLock();
    this.clients = new HashMap<>();
    this.gates = new ConcurrentHashMap<>();
  }

  private HttpSender(RegistryConfig config, HttpSender shared) {
    this.config = config;
    this.threads = shared.threads;
    this.lock = shared.lock;
    this.clients = shared.clients;
    this.gates = shared.gates;
  }

  /** The same threads and connections under another configuration; only one of them is closed. */
  HttpSender with(RegistryConfig changed) {
    return new HttpSender(changed, this);
  }

  /** The platform threads on which the client works; fetches in parallel run here too. */
  ExecutorService threads() {
    return threads;
  }

  Response send(URI uri, Request request) throws IOException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri)
            .method(request.method(), request.body().get())
            .header("User-Agent", config.userAgent());
    request.headers().forEach(builder::setHeader);
    HttpClient client = client(uri);
    HostGate gate = gate(uri);
    gate.enter(config.requestTimeout());
    try {
      CompletableFuture<HttpResponse<InputStream>> pending =
          client.sendAsync(builder.build(), head -> new TimedBody(config.stallTimeout()));
      HttpResponse<InputStream> response = await(pending, request);
      gate.answered();
      return new Response(
          request.method(), uri, response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      gate.failed(e, uri);
      throw e;
    } catch (RuntimeException e) {
      gate.failed(new IOException(e), uri);
      throw e;
    }
  }

  /** How many hosts are left alone at present. */
  int closedHosts() {
    // Two gates are one host's where it is not known which of http and https it speaks.
    return (int)
        gates.values().stream().filter(HostGate::isClosed).map(HostGate::host).distinct().count();
  }

  private HostGate gate(URI uri) {
    return gates.computeIfAbsent(
        Endpoint.origin(uri),
        origin -> new HostGate(host(uri), hostConfig(uri).maxQps(), System::nanoTime));
  }

  private static String host(URI uri) {
    return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  private HostConfig hostConfig(URI uri) {
    String host = host(uri);
    return config.host(host.equals("registry-1.docker.io") ? "docker.io" : host);
  }

  private HttpResponse<InputStream> await(
      CompletableFuture<HttpResponse<InputStream>> pending, Request request) throws IOException {
    long before = request.sent().get();
    while (true) {
      try {
        return pending.get(config.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        long now = request.sent().get();
        if (now == before) {
          pending.cancel(true);
          throw new HttpTimeoutException("no answer within " + seconds(config.requestTimeout()));
        }
        before = now;
      } catch (InterruptedException e) {
        pending.cancel(true);
        Thread.currentThread().interrupt();
        throw Retry.interrupted();
      } catch (CancellationException e) {
        throw new IOException("the request was cancelled", e);
      } catch (ExecutionException e) {
        throw failure(e);
      }
    }
  }

  private static IOException failure(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof IOException io) {
      return io;
    }
    return new IOException(cause == null ? e.toString() : cause.toString(), cause);
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() / 1000.0 + " s";
  }

  private HttpClient client(URI uri) throws IOException {
    HostConfig hostConfig = hostConfig(uri);
    // Hosts with equal TLS settings share a client and so its pool of connections.
    HostConfig key =
        new HostConfig(
            List.of(),
            Optional.empty(),
            hostConfig.skipVerify(),
            hostConfig.caFiles(),
            hostConfig.clientKey(),
            0);
    lock.lock();
    try {
      HttpClient client = clients.get(key);
      // One whose own thread ran out of memory serves nobody any more.
      if (client == null || client.isTerminated()) {
        client = newClient(key);
        clients.put(key, client);
      }
      return client;
    } finally {
      lock.unlock();
    }
  }

  private HttpClient newClient(HostConfig host) throws IOException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(config.connectTimeout())
            .proxy(Proxies.of(System.getenv()))
            .executor(threads);
    if (host.isCustomTls()) {
      builder.sslContext(TlsContexts.of(host));
    } else {
      // Parameters that say nothing leave a connection those of the context.
      builder.sslContext(LateTls.context()).sslParameters(new SSLParameters());
    }
    return builder.build();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      clients.values().forEach(HttpClient::shutdownNow);
    } finally {
      lock.unlock();
    }
    threads.shutdownNow();
  }
}
