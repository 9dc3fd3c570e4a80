package dev.obdbuild.backstore.attach;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.config.BlobsUrl;
import dev.obdbuild.backstore.config.ServiceSpec;
import dev.obdbuild.backstore.device.DeviceChoice;
import dev.obdbuild.backstore.device.TcmuExporter;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.testkit.Fault;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.RealRegistry;
import dev.obdbuild.testkit.TestIdentity;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an overlaybd.json makes of serving. */
@NeedsDevice
@NeedsShared
@Timeout(180)
final class ServiceSettingsTest extends ServingFixture {
  private Path published(TestRegistry registry) throws IOException {
    return write(
        "{'repoBlobUrl': 'http://%s/v2/team/app/blobs', 'lowers': [%s]}"
            .formatted(registry.host(), publish(registry)));
  }

  private static String page(int port, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  @Test
  void theExportersPageHasTheOriginalsNamesAndOurs() throws Exception {
    int port = 20_000 + (int) (ProcessHandle.current().pid() % 20_000);
    ServiceSpec service =
        service(
            "'enableAudit': false,"
                + " 'exporterConfig': {'enable': true, 'uriPrefix': '/numbers', 'port': "
                + port
                + "}");
    try (TestRegistry registry = TestRegistry.start();
        Serving serving = serve(published(registry), service)) {
      assertThat(read(serving.image().node(), 1024, 1024)).isNotEqualTo(new byte[1024]);
      String page = page(port, "/numbers");
      assertThat(page)
          .contains("\nOverlayBD_Alive 1\n")
          .contains("\nOverlayBD_Read_Throughtput{type=\"pread\"} ")
          .contains("\nOverlayBD_QPS{type=\"download\"} ")
          .contains("\nOverlayBD_MaxLatency{type=\"pread\"} ")
          .containsPattern("\nOverlayBD_Count\\{type=\"download\"} [1-9]")
          .containsPattern("\nOverlayBD_Count\\{type=\"pread\"} [1-9]")
          .containsPattern("\nobd_source_bytes_total\\{source=\"registry\"} [1-9]")
          .containsPattern("\nobd_cache_misses_total [1-9]")
          .contains("\nobd_cache_refetches_total 0\n")
          .contains("\nobd_registry_hosts_closed 0\n")
          .contains("\nobd_device_reads_in_flight 0\n");
    }
  }

  @Test
  void aChecksumThatIsWrongCountsAsFetchedAgain() throws IOException {
    try (TestRegistry registry = TestRegistry.start()) {
      byte[] layer = Files.readAllBytes(fixture("apply/layer0"));
      layer[layer.length / 2] ^= 0x10;
      String digest = registry.putBlob("team/app", layer);
      Path config =
          write(
              "{'repoBlobUrl': 'http://%s/v2/team/app/blobs', 'lowers': [{'digest': '%s', 'size': %d}]}"
                  .formatted(registry.host(), digest, layer.length));
      try (Serving serving = serve(config)) {
        assertThatThrownBy(() -> DeviceHashes.nonZero(serving.image().node(), 1L << 30))
            .isInstanceOf(IOException.class);
        assertThat(serving.image().metrics())
            .containsPattern("\nobd_cache_refetches_total [1-9]")
            .containsPattern("\nobd_device_failures_total [1-9]");
      }
    }
  }

  @Test
  void slowReadsAreWrittenWhereTheServiceWantsThem() throws Exception {
    Path audit = folder.resolve("audit.log");
    try (TestRegistry registry = TestRegistry.start()) {
      Path config = published(registry);
      ServiceSpec service = service("'auditPath': '" + audit + "'");
      try (Serving serving = serve(config, service)) {
        // Asked again after a pause, which is long.
        registry.failNext(3, BLOBS, new Fault.Reset());
        DeviceHashes.nonZero(serving.image().node(), 1L << 30);
        assertThat(serving.image().counts().fetched()).isPositive();
      }
      List<String> slow = Files.readAllLines(audit);
      assertThat(slow)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .matches(
                          "time=\\S+Z device=/dev/loop\\d+ digest=sha256:[0-9a-f]{64}"
                              + " offset=\\d+ length=\\d+ us=\\d{5,} source=registry"));
    }
  }

  @Test
  void anAuditFileThatCannotBeWrittenIsToldAndNoObstacle() throws IOException {
    try (Serving serving =
        serve(config("minimal"), service("'auditPath': '/proc/no/such/folder/audit'"))) {
      assertThat(serving.image().size()).isPositive();
      assertThat(log).singleElement().asString().contains("slow reads are not written down");
    }
  }

  @Test
  void aDownloadBringsLayersThatNobodyReads() throws IOException {
    try (TestRegistry registry = TestRegistry.start()) {
      long layers = 0;
      for (int i = 0; i < 3; i++) {
        layers += Files.size(fixture("apply/layer" + i));
      }
      ServiceSpec service =
          service(
              "'enableAudit': false, 'download': {'enable': true, 'delay': 0, 'delayExtra': 0}");
      try (Serving serving = serve(published(registry), service)) {
        while (serving.image().counts().fetched() < layers) {
          Thread.onSpinWait();
        }
      }
      // All of it is here now: nothing is asked for once more.
      registry.clearLog();
      try (Serving serving = serve(published(registry))) {
        DeviceHashes.check(fixture("apply/view2.json"), serving.image().node());
        assertThat(serving.image().counts().fetched()).isZero();
      }
    }
  }

  @Test
  void anImageMaySayThatItIsNotDownloaded() throws IOException {
    try (TestRegistry registry = TestRegistry.start()) {
      Path config =
          write(
              "{'repoBlobUrl': 'http://%s/v2/team/app/blobs', 'lowers': [%s], 'download': {'enable': false}}"
                  .formatted(registry.host(), publish(registry)));
      ServiceSpec service =
          service(
              "'enableAudit': false, 'download': {'enable': true, 'delay': 0, 'delayExtra': 0}");
      try (Serving serving = serve(config, service)) {
        assertThat(serving.image().metrics())
            .contains("\nobd_source_bytes_total{source=\"download\"} 0\n");
      }
    }
  }

  /** Takes one connection after the other until it is closed. */
  private void answerLogins(ServerSocketChannel socket, String auths, List<String> asked) {
    String body = "{\"traceId\": \"1\", \"success\": true, \"data\": {\"auths\": " + auths + "}}";
    ByteBuffer request = ByteBuffer.allocate(4096);
    while (socket.isOpen()) {
      try (SocketChannel client = socket.accept()) {
        request.clear();
        client.read(request);
        asked.add(new String(request.array(), 0, request.position(), US_ASCII));
        client.write(
            US_ASCII.encode(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body));
      } catch (IOException e) {
        return; // closed: the test is over
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "uds"})
  void loginsComeFromTheServiceThatTheConfigurationNames(String mode) throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    Path path = folder.resolve("logins.sock");
    try (TestRegistry registry = TestRegistry.start();
        ServerSocketChannel socket =
            mode.equals("uds")
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                    .bind(UnixDomainSocketAddress.of(path))
                : ServerSocketChannel.open()
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      registry.requireToken("u", "p", 60);
      String auths = "{\"%s/team\": {\"auth\": \"dTpw\"}}".formatted(registry.host()); // u:p
      Thread.ofPlatform().daemon().start(() -> answerLogins(socket, auths, asked));
      String place =
          mode.equals("uds")
              ? path.toString()
              : "localhost:" + ((InetSocketAddress) socket.getLocalAddress()).getPort() + "/auth";
      ServiceSpec service =
          ServiceSpec.parse(
              "{'cacheConfig': {'cacheType': 'file', 'cacheDir': '%s'}, 'enableAudit': false, 'credentialConfig': {'mode': '%s', 'path': '%s', 'timeout': 60}}"
                  .formatted(folder.resolve("cache"), mode, place)
                  .replace('\'', '"')
                  .getBytes(US_ASCII),
              "overlaybd.json");
      try (Serving serving = serve(published(registry), service)) {
        DeviceHashes.check(fixture("apply/view2.json"), serving.image().node());
      }
      assertThat(asked.getFirst())
          .startsWith(
              "GET /auth?remote_url=http://" + registry.host() + "/v2/team/app/blobs/sha256:");
    }
  }

  @Test
  void aServiceOfLoginsThatIsAwayIsToldInTheResultFile() throws IOException {
    try (TestRegistry registry = TestRegistry.start()) {
      registry.requireToken("u", "p", 60);
      Path config = published(registry);
      Files.writeString(
          config,
          Files.readString(config)
              .replaceFirst("\\{", "{\"resultFile\": \"" + folder.resolve("result") + "\", "));
      ServiceSpec service =
          ServiceSpec.parse(
              "{\"enableAudit\": false, \"credentialConfig\": {\"mode\": \"uds\", \"path\": \"%s\"}, \"registryCacheDir\": \"%s\"}"
                  .formatted(folder.resolve("none.sock"), folder.resolve("cache"))
                  .getBytes(US_ASCII),
              "overlaybd.json");
      assertThatThrownBy(() -> serve(config, service)).isInstanceOf(IOException.class);
      assertThat(result())
          .startsWith("failed:")
          .contains("credential service " + folder.resolve("none.sock") + " could not be asked");
    }
  }

  @Test
  void whatHasNoEffectIsToldWhenAnImageIsServed() throws IOException {
    try (Serving serving =
        serve(
            config("minimal"),
            service("'enableAudit': false, 'serviceConfig': {'enable': true}"))) {
      assertThat(serving.image().size()).isPositive();
      assertThat(log).containsExactly("overlaybd.json: without effect here: serviceConfig.enable");
    }
  }

  @Test
  void tcmuThatTheKernelLacksIsRefusedWithTheReason() throws IOException {
    Optional<String> lacking = TcmuExporter.lacking();
    if (lacking.isEmpty()) {
      try (Serving serving =
          Serving.start(config("minimal"), service(), DeviceChoice.TCMU, attachments(), log::add)) {
        assertThat(serving.image().node().toString()).startsWith("/dev/sd");
      }
      return;
    }
    assertThatThrownBy(
            () ->
                Serving.start(
                    config("minimal"), service(), DeviceChoice.TCMU, attachments(), log::add))
        .hasMessageContaining("tcmu cannot be had")
        .hasMessageContaining(lacking.get());
  }

  @Test
  @NeedsTool("docker-registry")
  void aRegistryThatAsksForACertificateGetsTheOneOfTheService() throws Exception {
    TestIdentity identity = TestIdentity.make(folder, "it");
    Path authority = identity.file("it.crt");
    byte[] blob = "a blob".getBytes(US_ASCII);
    ServiceSpec with =
        service(
            "'enableAudit': false, 'certConfig': {'certFile': '%s', 'keyFile': '%s'}"
                .formatted(identity.file("it.crt"), identity.file("it.key")));
    try (RealRegistry registry = RealRegistry.start(folder, identity, "it", authority)) {
      BlobsUrl url = BlobsUrl.parse("https://" + registry.host() + "/v2/team/app/blobs");
      Digest digest = Digest.sha256(blob);
      try (RegistryClient client = client(url, with, authority)) {
        client.push(url.repository(), digest, blob);
        assertThat(client.blobSize(url.repository(), digest)).isEqualTo(blob.length);
      }
      try (RegistryClient client = client(url, service(), authority)) {
        assertThatThrownBy(() -> client.blobSize(url.repository(), digest))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(registry.host());
      }
    }
  }

  private RegistryClient client(BlobsUrl url, ServiceSpec service, Path authority) {
    return Registries.client(url, service, Credentials.none(), Optional.of(authority), log::add);
  }
}
