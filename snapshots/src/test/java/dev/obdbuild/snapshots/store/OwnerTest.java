package dev.obdbuild.snapshots.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnerTest {
  @TempDir Path root;

  @Test
  void aLivingOwnerIsNotDeadEvenInItsOwnProcess() throws Exception {
    StorePaths paths = StorePaths.create(root);
    try (Owner owner = Owner.claim(paths)) {
      assertThat(Files.exists(paths.ownerLock(owner.id()))).isTrue();
      assertThat(Owner.dead(paths)).isEmpty();
    }
    try (var files = Files.list(paths.owners())) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aKilledProcessIsADeadOwnerUntilItIsForgotten() throws Exception {
    StorePaths paths = StorePaths.create(root);
    Process child = ChildJvm.start(ClaimAndWait.class, root.toString());
    String id = ChildJvm.firstLine(child);
    assertThat(Owner.dead(paths)).isEmpty();

    child.destroyForcibly().waitFor();

    try (Owner.DeadOwner dead = Owner.dead(paths).getFirst()) {
      assertThat(dead.id()).isEqualTo(id);
      dead.forget();
    }
    assertThat(Owner.dead(paths)).isEmpty();
  }

  /** Claims an owner, says its name and waits to be killed. */
  static final class ClaimAndWait {
    public static void main(String[] args) throws Exception {
      System.out.println(Owner.claim(StorePaths.create(Path.of(args[0]))).id());
      System.in.read();
    }
  }
}
