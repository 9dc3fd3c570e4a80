package dev.obdbuild.backstore.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.device.LayerPlace;
import dev.obdbuild.backstore.device.TopFiles;
import dev.obdbuild.backstore.metrics.DeviceCounts;
import dev.obdbuild.backstore.metrics.DeviceNumbers;
import dev.obdbuild.backstore.remote.Fetched;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class WireTest {
  private static final TopFiles TOP =
      new TopFiles(
          Path.of("/s/raw/1/data"), Path.of("/s/raw/1/journal"), Path.of("/s/raw/1/index"));

  @Test
  void everyRequestArrivesAsItWasSent() throws IOException {
    for (Request request : requests()) {
      assertThat(Wire.request(Wire.encode(request))).isEqualTo(request);
    }
  }

  @Test
  void everyReplyArrivesAsItWasSent() throws IOException {
    for (Reply reply :
        List.of(
            new Reply.Exported("/dev/loop3", 44),
            new Reply.Done(),
            new Reply.Failed("read of 0+4096: EIO"),
            new Reply.Numbers(0, List.of()),
            new Reply.Numbers(
                7,
                List.of(
                    new DeviceNumbers(
                        Path.of("/dev/loop3"),
                        true,
                        1,
                        2,
                        new DeviceCounts(3, 4, 5, 6, 7),
                        new Fetched(8, 9)))),
            new Reply.Refused("ü"))) {
      assertThat(Wire.reply(Wire.encode(reply))).isEqualTo(reply);
    }
  }

  @Test
  void aVeryLongReasonIsShortened() throws IOException {
    Reply.Failed told =
        (Reply.Failed) Wire.reply(Wire.encode(new Reply.Failed("x".repeat(1 << 20))));
    assertThat(told.reason()).startsWith("xxx").hasSizeLessThan(1 << 16);
  }

  @Test
  void whatWasCutShortOrIsTooLongIsRefused() throws IOException {
    for (Request request : requests()) {
      byte[] whole = Wire.encode(request);
      for (int length = 0; length < whole.length; length++) {
        byte[] part = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> Wire.request(part)).isInstanceOf(IOException.class);
      }
      assertThatThrownBy(() -> Wire.request(Arrays.copyOf(whole, whole.length + 1)))
          .isInstanceOf(IOException.class);
    }
  }

  /** A damaged message is refused or is another message; nothing else comes of it. */
  @Property(tries = 2000)
  void aDamagedRequestIsRefusedOrAnother(
      @ForAll @IntRange(max = 20) int which, @ForAll int at, @ForAll byte value)
      throws IOException {
    List<Request> requests = requests();
    byte[] bytes = Wire.encode(requests.get(which % requests.size()));
    bytes[Math.floorMod(at, bytes.length)] = value;
    refusedOrAnother(bytes);
  }

  @Property(tries = 2000)
  void anyBytesAreRefusedOrARequest(@ForAll @Size(max = 300) byte[] bytes) {
    refusedOrAnother(bytes);
  }

  private static void refusedOrAnother(byte[] bytes) {
    try {
      assertThat(Wire.request(bytes)).isNotNull();
    } catch (IOException e) {
      assertThat(e).message().isNotBlank();
    }
  }

  @Test
  void aPathThatIsRelativeOrLeadsUpIsRefused() throws IOException {
    for (String path : List.of("data", "/s/../data")) {
      Request request =
          new Request.Freeze("k", new TopFiles(Path.of("/abcd"), TOP.journal(), TOP.index()));
      String text = new String(Wire.encode(request), StandardCharsets.ISO_8859_1);
      String changed = text.replace("\0\5/abcd", "\0" + (char) path.length() + path);
      assertThatThrownBy(() -> Wire.request(changed.getBytes(StandardCharsets.ISO_8859_1)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(path);
    }
  }

  private static List<Request> requests() throws IOException {
    String json =
        "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"sha256:"
            + "0".repeat(64)
            + "\",\"size\":7}";
    Descriptor descriptor =
        Descriptor.read(JsonReader.parse(json.getBytes(StandardCharsets.UTF_8), "test"));
    List<LayerPlace> layers =
        List.of(
            new LayerPlace.Remote(new LayerBlob(descriptor, new Repository("r.example", "a/b"))),
            new LayerPlace.Sealed(Path.of("/s/blobs/1")),
            new LayerPlace.Raw(Path.of("/s/raw/0/data"), Path.of("/s/raw/0/index")));
    DeviceSpec spec =
        new DeviceSpec("/s/run/1/dev", "1", 1 << 20, 4096, layers, Optional.of(TOP), false);
    return Stream.of(
            new Request.Export(spec),
            new Request.Export(spec.atRest().resumed(TOP)),
            new Request.Export(
                new DeviceSpec("/o", "n", 512, 512, List.of(), Optional.empty(), false)),
            new Request.Freeze("k", TOP),
            new Request.Resume("k", TOP),
            new Request.Status("k"),
            new Request.Fail("k", "why"),
            new Request.Close("k"),
            new Request.Release("/s/run/1/dev"),
            new Request.Watch(),
            new Request.Numbers("/s/run/1/dev"))
        .map(Request.class::cast)
        .toList();
  }
}
