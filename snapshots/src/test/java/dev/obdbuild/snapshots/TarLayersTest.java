package dev.obdbuild.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a change in a folder is in an ordinary layer. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"bash", "setfattr", "mknod"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TarLayersTest {
  private static final String BASE =
      """
      mkdir -p d/sub e; chmod 0750 d
      echo one > d/f; echo two > d/g; echo three > d/sub/h; echo x > e/x
      ln d/f e/linked
      ln -s d/f soft
      mkfifo e/pipe
      """;

  @TempDir static Path root;
  private Snapshots snapshots;
  private Lease lease;
  private Changesets changesets;
  private Snapshot base;

  @BeforeAll
  void open() throws Exception {
    snapshots = TestStore.open(root);
    lease = snapshots.lease("test", Duration.ofHours(1));
    changesets = new Changesets(snapshots, lease);
    base = changesets.step(snapshots.scratch(), BASE);
  }

  @AfterAll
  void close() throws Exception {
    lease.close();
    snapshots.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
      nothing                            | true                                     |
      a file added                       | echo n > e/n                             | directory e/, file e/n
      a file at the top                  | echo n > n                               | file n
      a file written to                  | echo more >> d/g                         | directory d/, file d/g
      a file replaced                    | rm d/g; echo two > d/g                   | directory d/, file d/g
      same size and time, other content  | touch -r d/g /tmp/r$$; echo tWo > d/g; touch -r /tmp/r$$ d/g; rm /tmp/r$$ | directory d/, file d/g
      touched and set back               | t=$(stat -c %y d/g); touch d/g; touch -d "$t" d/g |
      a file's mode                      | chmod 4755 d/g                           | directory d/, file d/g
      the same mode again                | chmod 0644 d/g                           |
      a file's owner                     | chown 5000000:7 d/g                      | directory d/, file d/g
      an attribute added                 | setfattr -n user.a -v b d/g              | directory d/, file d/g
      a file deleted                     | rm d/g                                   | directory d/, file d/.wh.g
      a directory deleted                | rm -r d/sub                              | directory d/, file d/.wh.sub
      a directory's mode                 | chmod 0700 d                             | directory d/
      a deep directory's time            | touch -d 2001-01-01 d/sub                | directory d/, directory d/sub/
      a directory replaced               | rm -r d; mkdir d; echo n > d/n           | directory d/, file d/.wh..wh..opq, file d/n
      a file becomes a directory         | rm d/g; mkdir d/g; echo y > d/g/y        | directory d/, directory d/g/, file d/g/y
      a directory becomes a file         | rm -r d/sub; echo y > d/sub              | directory d/, file d/sub
      a directory becomes a link         | rm -r d/sub; ln -s g d/sub               | directory d/, symlink d/sub -> g
      a link's target                    | ln -snf e/x soft                         | symlink soft -> e/x
      a file renamed                     | mv d/g d/z                               | directory d/, file d/.wh.g, file d/z
      a directory renamed                | mv d/sub e/sub                           | directory d/, file d/.wh.sub, directory e/, directory e/sub/, file e/sub/h
      a link to an unchanged file        | ln d/g a                                 | file a, directory d/, hard_link d/g -> a
      a link behind its unchanged file   | ln d/g e/g                               | directory e/, file e/g, directory d/, hard_link d/g -> e/g
      a third link                       | ln d/f z                                 | file z, directory d/, hard_link d/f -> z, directory e/, hard_link e/linked -> z
      one of two links removed           | rm d/f                                   | directory d/, file d/.wh.f
      linked files written to            | echo more >> d/f                         | directory d/, file d/f, directory e/, hard_link e/linked -> d/f
      one of two links made its own      | cp -a d/f q; mv q d/f                    | directory d/, file d/f
      device nodes                       | mknod c c 5 300; mknod b b 259 70000       | block_device b, character_device c
      a fifo replaced by a file          | rm e/pipe; echo p > e/pipe               | directory e/, file e/pipe
      the top's mode                     | chmod 0700 .                             | directory ./
      a name that is a prefix            | echo n > d.a; echo n > d/0               | directory d/, file d/0, file d.a
      lost+found                         | mkdir lost+found; echo n > lost+found/n  |
      """)
  void becomesTheseEntries(String name, String script, String entries) throws Exception {
    List<String> wanted = entries == null ? List.of() : List.of(entries.split(", "));
    Snapshot changed = changesets.step(base, script);
    assertThat(changesets.entries(changed)).as(script).containsExactlyElementsOf(wanted);
  }

  @Test
  void aWhiteoutsNameCannotBeExported() throws Exception {
    Snapshot changed = changesets.step(base, "echo n > d/.wh.n");
    assertThatThrownBy(() -> changesets.entries(changed))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/d/.wh.n cannot be part of an ordinary layer");
  }

  @Test
  void theFirstLayerHoldsEverything() throws Exception {
    assertThat(changesets.entries(base))
        .isEqualTo(
            Arrays.asList(
                "directory d/",
                "file d/f",
                "file d/g",
                "directory d/sub/",
                "file d/sub/h",
                "directory e/",
                "hard_link e/linked -> d/f",
                "fifo e/pipe",
                "file e/x",
                "symlink soft -> d/f"));
  }
}
