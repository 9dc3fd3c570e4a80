package dev.obdbuild.backstore.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.json.MalformedDocumentException;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageSpecTest {
  private static final String BLOB =
      "sha256:0123456789012345678901234567890123456789012345678901234567890123";

  private static ImageSpec parse(String text) throws IOException {
    return ImageFile.parse(text.replace('\'', '"').getBytes(UTF_8), "config.v1.json").spec();
  }

  @Test
  void allThatTheSnapshotterWritesIsUnderstood() throws IOException {
    ImageSpec spec =
        parse(
            """
            {'repoBlobUrl': 'https://registry-1.docker.io/v2/library/redis/blobs',
             'lowers': [{'dir': '/l/1', 'digest': '%s', 'size': 42}, {'file': '/base/ext4_64'}],
             'upper': {'data': '/w/data', 'index': '/w/index', 'vsize': 64},
             'download': {'enable': true, 'delay': 600, 'maxMBps': 2},
             'resultFile': '/w/init-debug.log'}
            """
                .formatted(BLOB));
    assertThat(spec.blobs().orElseThrow().repository())
        .isEqualTo(new Repository("docker.io", "library/redis"));
    assertThat(spec.blobs().orElseThrow())
        .hasToString("https://registry-1.docker.io/v2/library/redis/blobs");
    assertThat(spec.lowers().get(0).blob().size()).isEqualTo(42);
    assertThat(spec.lowers().get(0).files())
        .containsExactly(
            Path.of("/l/1/overlaybd.commit"),
            Path.of("/l/1/.commit"),
            Path.of("/l/1/overlaybd.sealed"));
    assertThat(spec.lowers().get(1).files()).containsExactly(Path.of("/base/ext4_64"));
    assertThat(spec.upper()).contains(new UpperSpec(Path.of("/w/data"), Path.of("/w/index")));
    assertThat(spec.download().orElseThrow().delay()).isEqualTo(Duration.ofMinutes(10));
    assertThat(spec.download().orElseThrow().bytesPerSecond()).isEqualTo(2 << 20);
  }

  @Test
  void theTopmostLowerIsNoLayerWhenItHoldsATrace() throws IOException {
    ImageSpec spec =
        parse("{'lowers': [{'file': '/a'}, {'dir': '/t'}], 'accelerationLayer': true}");
    assertThat(spec.filesystem()).hasSize(1);
    assertThat(spec.lowers().getLast().trace()).contains(Path.of("/t/trace"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|lowers names no layer",
        "{'lowers': {'file': 'x'}}|lowers should be a list",
        "{'lowers': [{'file': 7}]}|lowers.0..file should be a string",
        "{'lowers': [{'file': 'x', 'size': -1}]}|lowers.0..size must be between 0",
        "{'lowers': [{'file': 'x', 'size': 'many'}]}|lowers.0..size should be a number",
        "{'lowers': [{'file': 'x', 'targetFile': 'y'}]}|lowers.0..targetFile belongs to TurboOCI",
        "{'lowers': [{'file': 'x', 'targetDigest': 'y'}]}|lowers.0..targetDigest belongs",
        "{'lowers': [{'file': 'x', 'gzipIndex': 'y'}]}|lowers.0..gzipIndex belongs to TurboOCI",
        "{'lowers': [], 'upper': {'data': 'a', 'index': 'b', 'target': 'c'}}|upper.target belongs",
        "{'lowers': [{'file': 'x'}], 'repoBlobUrl': 'ftp://a/b'}|repoBlobUrl 'ftp://a/b' is not",
        "{'lowers': [{'file': 'x'}], 'download': {'delay': -5}}|download.delay must be between",
        "{'lowers': [{'dir': 'x'}], 'accelerationLayer': true, 'recordTracePath': 't'}|recordTr",
        "[]|a JSON object was expected",
        "{'lowers': |not JSON",
      })
  void whatMakesNoSenseIsRefusedByFileAndKey(String text, String problem) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(MalformedDocumentException.class)
        .hasMessageContaining("config.v1.json")
        .hasMessageMatching("(?s).*" + problem + ".*");
  }

  @Test
  void aResultFileIsKnownThoughTheRestMakesNoSense() throws IOException {
    byte[] text = "{\"lowers\": {}, \"resultFile\": \"/w/r\"}".getBytes(UTF_8);
    assertThat(ImageFile.parse(text, "c").resultFile()).contains(Path.of("/w/r"));
  }

  @Test
  void aFileThatIsTooLargeIsNotReadWhole(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("c");
    Files.write(file, new byte[2 << 20]);
    assertThatThrownBy(() -> ImageFile.read(file)).hasMessageContaining("larger than the limit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"minimal", "extra-keys", "size-string", "ro-files", "rw-log", "ro-dir"})
  @NeedsShared
  void whatTheOriginalAcceptsIsAccepted(String name) throws IOException {
    Path file = Shared.path("fixtures/overlaybd/config/" + name + ".json");
    assertThat(ImageSpec.read(file).lowers()).isNotEmpty();
  }

  @Test
  @NeedsShared
  void theServiceFileOfTheFixturesIsUnderstood() throws IOException {
    ServiceSpec spec = ServiceSpec.read(Shared.path("fixtures/overlaybd/config/service.json"));
    assertThat(spec.cacheFolder()).isEqualTo(Path.of("$W/cache"));
    assertThat(spec.cacheBytes()).isEqualTo(1L << 30);
    assertThat(spec.credentials()).isEqualTo(new CredentialSpec.InFile(Path.of("$W/cred.json")));
    assertThat(spec.accelerator()).isEmpty();
    assertThat(spec.log().orElseThrow().file()).isEqualTo(Path.of("$W/obd.log"));
    assertThat(spec.download().enabled()).isFalse();
  }

  private static ServiceSpec service(String text) throws IOException {
    return ServiceSpec.parse(text.replace('\'', '"').getBytes(UTF_8), "overlaybd.json");
  }

  @Test
  void aServiceFileMayBeEmptyOrOfTheOldKind() throws IOException {
    assertThat(ServiceSpec.standard().prefetchers()).isEqualTo(16);
    ServiceSpec old =
        service(
            "{'registryCacheDir': '/c', 'registryCacheSizeGB': 7, 'credentialFilePath': '/k',"
                + " 'p2pConfig': {'enable': true}, 'logPath': '/l'}");
    assertThat(old.cacheFolder()).isEqualTo(Path.of("/c"));
    assertThat(old.cacheBytes()).isEqualTo(7L << 30);
    assertThat(old.credentials()).isEqualTo(new CredentialSpec.InFile(Path.of("/k")));
    assertThat(old.accelerator()).contains("http://localhost:9731/accelerator");
    assertThat(old.log()).contains(LogSpec.standard(Path.of("/l")));
  }

  @Test
  void theLogsSizeAndNumberAreThoseOfTheFile() throws IOException {
    assertThat(service("{'logConfig': {'logPath': '/l', 'logSizeMB': 3, 'logRotateNum': 5}}").log())
        .contains(new LogSpec(Path.of("/l"), 3 << 20, 5));
    assertThat(service("{'logConfig': {'logLevel': 0}}").log()).isEmpty();
  }

  @Test
  void whatHasNoEffectIsNamedWhereItWasAskedFor() throws IOException {
    assertThat(
            service(
                    "{'ioEngine': 1, 'enableThread': true, 'gzipCacheConfig': {'enable': true},"
                        + " 'serviceConfig': {'enable': true}, 'download': {'tryCnt': 9},"
                        + " 'cacheConfig': {'cacheType': 'download', 'refillSize': 4096}}")
                .ignored())
        .contains(
            "overlaybd.json: without effect here: ioEngine, enableThread, gzipCacheConfig.enable,"
                + " serviceConfig.enable, cacheConfig.cacheType, cacheConfig.refillSize,"
                + " download.tryCnt");
    assertThat(
            service(
                    "{'ioEngine': 0, 'gzipCacheConfig': {'enable': false}, 'registryFsVersion': 'v1',"
                        + " 'cacheConfig': {'cacheType': 'ocf', 'refillSize': 262144}}")
                .ignored())
        .isEmpty();
  }

  @Test
  void aCredentialServiceIsReachedByAddressOrSocket() throws IOException {
    assertThat(
            service("{'credentialConfig': {'mode': 'http', 'path': 'localhost:19876/auth'}}")
                .credentials())
        .isEqualTo(
            new CredentialSpec.Service(
                "http://localhost:19876/auth",
                Optional.empty(),
                Duration.ofSeconds(1),
                Optional.empty(),
                Optional.empty()));
    assertThat(service("{'credentialConfig': {'mode': 'uds', 'path': '/s'}}").credentials())
        .isInstanceOfSatisfying(
            CredentialSpec.Service.class, it -> assertThat(it.socket()).contains(Path.of("/s")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'ioEngine': 3}|ioEngine must be between 0 and 2",
        "{'credentialConfig': {'mode': 'magic'}}|https or uds, is 'magic'",
        "{'credentialConfig': {'mode': 'https', 'path': 'http://x'}}|credentialConfig.path must",
        "{'credentialConfig': {'mode': 'uds'}}|credentialConfig.path is missing",
        "{'certConfig': {'certFile': 'x'}}|certConfig.keyFile is missing beside certFile",
        "{'cacheConfig': {'cacheType': 'file', 'cacheSizeGB': 1e3}}|cacheConfig.cacheSizeGB should",
        "{'prefetchConfig': {'concurrency': 0}}|prefetchConfig.concurrency must",
        "{'exporterConfig': {'port': 70000}}|exporterConfig.port must be between",
      })
  void aServiceFileThatMakesNoSenseIsRefusedByKey(String text, String problem) {
    assertThatThrownBy(() -> service(text))
        .hasMessageContaining("overlaybd.json")
        .hasMessageContaining(problem);
  }
}
