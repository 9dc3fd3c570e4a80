package dev.obdbuild.builder.session.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.protos.fsutil.Packet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/** Any packets of a sender: refused, or a list that is a walk of a folder. */
@Tag("fuzz")
final class StatOrderFuzzTest {

  /** Packets, each behind its length. */
  @FuzzTest(maxDuration = "60s")
  void lists(byte[] bytes) throws IOException {
    StatOrder order = new StatOrder();
    Set<RawPath> folders = new HashSet<>(Set.of(RawPath.EMPTY));
    Set<RawPath> seen = new HashSet<>();
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    try {
      for (Packet packet = Packet.parseDelimitedFrom(in);
          packet != null;
          packet = Packet.parseDelimitedFrom(in)) {
        assertThat(KnownState.of(packet)).hasSizeLessThanOrEqualTo(256);
        SyncEntry entry = order.next(packet.getStat());
        String path = "/" + entry.path().latin1() + "/";
        assertThat(path).doesNotContain("//", "/./", "/../", "\0");
        assertThat(folders).contains(entry.path().parent());
        assertThat(entry.size()).isNotNegative();
        assertThat(entry.permissions()).isBetween(0, 07777);
        assertThat(!entry.isHardLink() || seen.contains(entry.link())).isTrue();
        assertThat(seen.add(entry.path())).isTrue();
        if (entry.type() == FileType.DIRECTORY) {
          folders.add(entry.path());
        }
      }
    } catch (MalformedPacketException | InvalidProtocolBufferException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
