package dev.obdbuild.backstore.tcmu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.tcmu.KernelRing.Vector;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class CommandRingTest {
  private static final int ANY_ORDER = 1 | 2;
  private static final byte[] CDB = {0x28, 0, 0, 0, 0, 1, 0, 0, 8, 0};

  private final KernelRing kernel = new KernelRing(ANY_ORDER);

  private static CommandRing ring(KernelRing kernel) throws IOException {
    return new CommandRing(kernel.map(), "test");
  }

  private static RingCommand take(CommandRing ring) throws IOException {
    return Objects.requireNonNull(ring.take());
  }

  @Test
  void aCommandComesWithItsBlockAndData() throws IOException {
    CommandRing ring = ring(kernel);
    assertThat(ring.waiting()).isFalse();
    assertThat(ring.take()).isNull();
    kernel.command(7, CDB, new Vector(KernelRing.DATA + 8L, 3), new Vector(KernelRing.DATA, 5));
    assertThat(ring.waiting()).isTrue();
    RingCommand command = take(ring);
    assertThat(command.id()).isEqualTo(7);
    assertThat(command.block()).startsWith(CDB).hasSize(16);
    assertThat(command.size()).isEqualTo(8);
    assertThat(command.contiguous()).isFalse();
    command.put(1, MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5}));
    MemorySegment map = kernel.map();
    assertThat(map.asSlice(KernelRing.DATA, 12).toArray(ValueLayout.JAVA_BYTE))
        .containsExactly(3, 4, 5, 0, 0, 0, 0, 0, 0, 1, 2, 0);
    assertThat(command.bytes(8)).containsExactly(0, 1, 2, 3, 4, 5, 0, 0);
    assertThatThrownBy(() -> command.bytes(9)).isInstanceOf(IndexOutOfBoundsException.class);
    ring.complete(command, RingResponse.read(4));
    assertThat(kernel.responses()).containsExactly("7:0=4");
    assertThat(kernel.tail()).isEqualTo(kernel.head());
  }

  @Test
  void senseDataLiesWhereTheRequestWas() throws IOException {
    CommandRing ring = ring(kernel);
    long at = kernel.command(1, CDB);
    ring.complete(take(ring), RingResponse.refused(new byte[] {0x70, 0, 5}));
    assertThat(kernel.responses()).containsExactly("1:2");
    assertThat(kernel.map().asSlice(at + 8, 104).toArray(ValueLayout.JAVA_BYTE))
        .startsWith(2, 0, 0, 0, 0, 0, 0, 0, 0x70, 0, 5, 0);
  }

  @Test
  void commandsEndInAnyOrder() throws IOException {
    CommandRing ring = ring(kernel);
    List<RingCommand> taken = new ArrayList<>();
    for (int id = 1; id <= 4; id++) {
      kernel.command(id, CDB);
      taken.add(take(ring));
    }
    ring.complete(taken.get(2), RingResponse.done());
    ring.complete(taken.get(0), RingResponse.done());
    assertThat(kernel.responses()).containsExactly("3:0", "1:0");
    ring.complete(taken.get(3), RingResponse.done());
    ring.complete(taken.get(1), RingResponse.done());
    assertThat(kernel.responses()).containsExactly("4:0", "2:0");
    assertThatThrownBy(() -> ring.complete(taken.get(1), RingResponse.done()))
        .hasMessageContaining("completed twice");
  }

  @Test
  void aKernelThatWantsOrderGetsIt() throws IOException {
    KernelRing old = new KernelRing(0);
    CommandRing ring = ring(old);
    List<RingCommand> taken = new ArrayList<>();
    for (int id = 1; id <= 3; id++) {
      old.command(id, CDB);
      taken.add(take(ring));
    }
    ring.complete(taken.get(1), RingResponse.read(1));
    ring.complete(taken.get(2), RingResponse.done());
    assertThat(old.responses()).isEmpty();
    ring.complete(taken.get(0), RingResponse.done());
    assertThat(old.responses()).as("no read lengths either").containsExactly("1:0", "2:0", "3:0");
  }

  @Test
  void paddingAndTaskManagementAreSkipped() throws IOException {
    CommandRing ring = ring(kernel);
    kernel.entry(2, 40);
    assertThat(ring.take()).isNull();
    assertThat(kernel.tail()).isEqualTo(40);
    kernel.command(1, CDB);
    kernel.entry(2, 48);
    kernel.entry(0, 8);
    kernel.command(2, CDB);
    RingCommand one = take(ring);
    RingCommand two = take(ring);
    ring.complete(two, RingResponse.done());
    ring.complete(one, RingResponse.done());
    assertThat(kernel.responses()).containsExactly("2:0", "1:0");
    assertThat(kernel.tail()).isEqualTo(kernel.head());
  }

  @Test
  void manyRoundsWithRandomOrder() {
    SplitRandom.run(
        random -> {
          KernelRing kernel = new KernelRing(ANY_ORDER);
          CommandRing ring = ring(kernel);
          List<RingCommand> open = new ArrayList<>();
          List<String> expected = new ArrayList<>();
          List<String> got = new ArrayList<>();
          for (int id = 0; id < 2000; id++) {
            kernel.command(id, CDB, vectors(random));
            open.add(take(ring));
            while (open.size() > random.nextInt(4)) {
              RingCommand done = open.remove(random.nextInt(open.size()));
              ring.complete(done, RingResponse.done());
              expected.add(done.id() + ":0");
            }
            got.addAll(kernel.responses());
          }
          assertThat(got).isEqualTo(expected);
        });
  }

  private static Vector[] vectors(SplittableRandom random) {
    Vector[] vectors = new Vector[random.nextInt(6)];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = new Vector(KernelRing.DATA + random.nextInt(4000), random.nextInt(90));
    }
    return vectors;
  }

  @Test
  void dataOutsideTheDataAreaIsRefused() throws IOException {
    for (Vector vector :
        List.of(
            new Vector(KernelRing.DATA - 1, 1),
            new Vector(0, 1),
            new Vector(-1, 1),
            new Vector(KernelRing.SIZE, 1),
            new Vector(KernelRing.SIZE + 1, 0),
            new Vector(KernelRing.DATA, KernelRing.SIZE),
            new Vector(KernelRing.DATA, Long.MAX_VALUE),
            new Vector(KernelRing.DATA, -1),
            new Vector(Long.MIN_VALUE, Long.MIN_VALUE))) {
      KernelRing bad = new KernelRing(ANY_ORDER);
      CommandRing ring = ring(bad);
      bad.command(1, CDB, vector);
      assertThatThrownBy(ring::take).as("%s", vector).isInstanceOf(IOException.class);
    }
  }

  /** Whatever bytes stand in mailbox and ring: a value or an IOException, and nothing else. */
  @Test
  void anyBytesAreSurvived() {
    SplitRandom.run(
        random -> {
          for (int i = 0; i < 3_000; i++) {
            KernelRing kernel = new KernelRing(random.nextInt(16));
            for (int id = 0; id < 3; id++) {
              kernel.command(id, CDB, vectors(random));
            }
            spoil(kernel.map(), random, random.nextInt(1, 6));
            drain(kernel);
          }
        });
  }

  private static void spoil(MemorySegment map, SplittableRandom random, int times) {
    for (int i = 0; i < times; i++) {
      long at = 4 * (long) random.nextInt(random.nextBoolean() ? 17 : KernelRing.DATA / 4);
      int value =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt();
            case 1 -> random.nextInt(256);
            case 2 -> 0;
            default -> -1;
          };
      map.set(ValueLayout.JAVA_INT, at, value);
    }
  }

  private static void drain(KernelRing kernel) {
    try {
      CommandRing ring = ring(kernel);
      for (int i = 0; i < 200; i++) {
        RingCommand command = ring.take();
        if (command == null) {
          return;
        }
        if (command.size() < 1 << 20) {
          command.bytes((int) command.size());
        }
        ring.complete(command, RingResponse.refused(new byte[18]));
      }
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith("the command ring of test is not understood: ");
    }
  }
}
