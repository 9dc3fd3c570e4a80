package dev.obdbuild.snapshots.changeset;

import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.oci.tar.TarWriter;
import dev.obdbuild.snapshots.diff.TreeDiff;
import dev.obdbuild.snapshots.diff.TreeEntry;
import dev.obdbuild.snapshots.diff.TreeVisitor;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Writes differences between folders as a tar: the changeset of an image layer, or a whole tree.
 *
 * <p>A changed file brings the directories above it, since who unpacks may have only this layer
 * before them; for the same reason the target of a hard link is always in the same archive. Sockets
 * are left out. The top has an entry of its own only where its owner, permissions or attributes are
 * not what any unpacker makes.
 */
public final class ChangesetTar implements TreeVisitor {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final int PLAIN_TOP = 0755;

  private final Root upper;
  private final TarWriter tar;
  private final EntryHeaders headers;
  private final FileBytes bytes;
  private final boolean whiteouts;
  private final HardLinks links = new HardLinks();
  private final Set<RawPath> directories = new HashSet<>();

  private ChangesetTar(
      Root upper, TarWriter tar, EntryHeaders headers, FileBytes bytes, boolean whiteouts) {
    this.upper = upper;
    this.tar = tar;
    this.headers = headers;
    this.bytes = bytes;
    this.whiteouts = whiteouts;
  }

  /** How {@code upper} differs from the filesystem {@code lower} that it was made from. */
  public static void changes(
      Root lower, Root upper, Instant history, TarWriter tar, Optional<Instant> epoch)
      throws IOException {
    try (FileBytes bytes = new FileBytes(tar)) {
      TreeDiff.compare(
          lower,
          upper,
          Optional.of(history),
          new ChangesetTar(upper, tar, new EntryHeaders(epoch, false), bytes, true));
    }
  }

  /** All that {@code upper} holds, as the layer of an image that stands on nothing. */
  public static void first(Root upper, TarWriter tar, Optional<Instant> epoch) throws IOException {
    all(upper, tar, epoch, true);
  }

  /** All that {@code upper} holds, as an archive in which no name means a whiteout. */
  public static void tree(Root upper, TarWriter tar, Optional<Instant> epoch) throws IOException {
    all(upper, tar, epoch, false);
  }

  private static void all(Root upper, TarWriter tar, Optional<Instant> epoch, boolean whiteouts)
      throws IOException {
    try (FileBytes bytes = new FileBytes(tar)) {
      // An export is dated as a whole, also what is older, as BuildKit dates it; a layer is not.
      EntryHeaders headers = new EntryHeaders(epoch, !whiteouts);
      TreeDiff.all(upper, new ChangesetTar(upper, tar, headers, bytes, whiteouts));
    }
  }

  @Override
  public void added(TreeEntry entry) throws IOException {
    if (!entry.path().isEmpty()) {
      write(entry);
    } else if (entry.stat().permissions() != PLAIN_TOP
        || entry.stat().owner().uid() != 0
        || entry.stat().owner().gid() != 0
        || !headers.xattrs(entry).isEmpty()) {
      write(entry);
    }
  }

  @Override
  public void modified(TreeEntry entry, TreeEntry lower) throws IOException {
    if (entry.path().isEmpty() && sameTop(entry, lower)) {
      return;
    }
    if (entry.stat().type() == FileType.SOCKET) {
      deleted(lower);
    } else {
      write(entry);
    }
  }

  /** The top's time changes with every name in it, and no unpacker keeps it. */
  private boolean sameTop(TreeEntry entry, TreeEntry lower) throws IOException {
    Stat is = entry.stat();
    Stat was = lower.stat();
    return is.permissions() == was.permissions()
        && is.owner().equals(was.owner())
        && entry.sameXattrs(lower);
  }

  @Override
  public void replaced(TreeEntry entry, TreeEntry lower) throws IOException {
    write(entry);
    tar.add(headers.whiteout(entry.path().child(new RawPath(OPAQUE))));
  }

  @Override
  public void deleted(TreeEntry lower) throws IOException {
    // No layer holds a socket, so none needs to hide one.
    if (lower.stat().type() != FileType.SOCKET) {
      parents(lower.path());
      RawPath hidden = new RawPath(WHITEOUT + lower.path().name().latin1());
      tar.add(headers.whiteout(lower.path().parent().child(hidden)));
    }
  }

  @Override
  public void unchanged(TreeEntry entry) throws IOException {
    if (links.source(entry).isPresent()) {
      write(entry);
    } else {
      links.unchanged(entry);
    }
  }

  private void write(TreeEntry entry) throws IOException {
    if (entry.stat().type() == FileType.SOCKET) {
      return;
    }
    if (whiteouts && entry.path().name().latin1().startsWith(WHITEOUT)) {
      throw new IOException(
          "/"
              + entry.path()
              + " cannot be part of an ordinary layer: there a name that begins with "
              + WHITEOUT
              + " means that a file was removed");
    }
    parents(entry.path());
    Optional<RawPath> source = links.source(entry);
    if (source.isPresent()) {
      tar.add(headers.hardLink(entry.path(), entry.stat(), source.get()));
      return;
    }
    tar.add(headers.of(entry));
    if (entry.stat().isRegular()) {
      bytes.copy(entry);
    } else if (entry.stat().isDirectory()) {
      directories.add(entry.path());
    }
    for (RawPath other : links.becameSource(entry)) {
      parents(other);
      tar.add(headers.hardLink(other, entry.stat(), entry.path()));
    }
  }

  /** Writes the directories above {@code path} that are not in the archive yet. */
  private void parents(RawPath path) throws IOException {
    RawPath parent = path.parent();
    if (parent.isEmpty() || directories.contains(parent)) {
      return;
    }
    parents(parent);
    try (var above = upper.dir(parent.parent())) {
      tar.add(headers.of(new TreeEntry(parent, above.stat(parent.name()), above)));
    }
    directories.add(parent);
  }
}
