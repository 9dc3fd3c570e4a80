package dev.obdbuild.builder.daemon;

import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Tests that share one daemon; each uses names of its own. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"buildctl", "buildx", "crun", "busybox", "docker-registry", "skopeo"})
@TestInstance(Lifecycle.PER_CLASS)
abstract class DaemonTest {

  @SuppressWarnings("NullAway.Init") // set before the first test
  Path temp;

  @SuppressWarnings("NullAway.Init") // started before the first test
  DaemonFixture it;

  /** Flags that the daemon gets besides those of the fixture. */
  List<String> flags() {
    return List.of();
  }

  @BeforeAll
  final void start(@TempDir Path folder) throws Exception {
    temp = folder;
    it = DaemonFixture.start(temp, "", flags());
  }

  @AfterAll
  final void stop() throws Exception {
    it.close();
  }

  /** What skopeo tells of an image in the fixture's registry. */
  final String inspect(String name, String... more) throws Exception {
    String[] command = new String[4 + more.length];
    command[0] = "skopeo";
    command[1] = "inspect";
    command[2] = "--tls-verify=false";
    System.arraycopy(more, 0, command, 3, more.length);
    command[command.length - 1] = "docker://" + it.registry() + "/" + name;
    return it.client().run(command).ok().out();
  }

  /** The flag by which {@code buildctl} pushes to the fixture's registry. */
  final String push(String name) {
    return "--output=type=image,push=true,name=" + it.registry() + "/" + name;
  }
}
