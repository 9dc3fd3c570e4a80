package dev.obdbuild.snapshots.diff;

import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.UnixTime;
import java.io.IOException;
import java.time.Instant;

/** When something in a folder was changed last. */
public final class NewestChange implements TreeVisitor {
  private Instant newest = Instant.MIN;

  private NewestChange() {}

  /** The latest change time below {@code folder}, itself included. Reads metadata only. */
  public static Instant in(Root folder) throws IOException {
    NewestChange change = new NewestChange();
    TreeDiff.all(folder, change);
    return change.newest;
  }

  @Override
  public void added(TreeEntry entry) {
    UnixTime time = entry.stat().ctime();
    Instant changed = Instant.ofEpochSecond(time.seconds(), time.nanos());
    newest = changed.isAfter(newest) ? changed : newest;
  }

  @Override
  public void modified(TreeEntry entry, TreeEntry lower) {
    throw new IllegalStateException("there is only one folder");
  }

  @Override
  public void replaced(TreeEntry entry, TreeEntry lower) {
    throw new IllegalStateException("there is only one folder");
  }

  @Override
  public void deleted(TreeEntry lower) {
    throw new IllegalStateException("there is only one folder");
  }
}
