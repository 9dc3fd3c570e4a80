package dev.obdbuild.builder.files;

import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.TreeDir;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Several trees as one: each in a folder of its own, or laid over each other where no two have the
 * same file. Closes none of them.
 */
public final class JoinedFolders implements FileTree {

  private static final int MOST_LINKS = 255;

  private final List<FolderPart> parts;

  /** The union of some trees, the first of which counts where folders are shared. */
  public JoinedFolders(List<FolderPart> parts) {
    this.parts = List.copyOf(parts);
  }

  @Override
  public TreeDir top() throws IOException {
    return findDir(RawPath.EMPTY).orElseThrow(() -> new NoSuchFileException("/"));
  }

  @Override
  public Optional<TreeDir> findDir(RawPath real) throws IOException {
    List<JoinedDir.Member> members = new ArrayList<>();
    try {
      for (FolderPart part : parts) {
        Optional<RawPath> inside = part.inside(real);
        Optional<TreeDir> dir =
            inside.isPresent() ? part.tree().findDir(inside.get()) : Optional.empty();
        dir.ifPresent(d -> members.add(new JoinedDir.Member(part, d)));
      }
      List<FolderPart> made =
          real.isEmpty() ? parts.stream().filter(p -> !p.folder().isEmpty()).toList() : List.of();
      return members.isEmpty() && made.isEmpty()
          ? Optional.empty()
          : Optional.of(JoinedDir.of(this, real, members, made));
    } catch (IOException | RuntimeException e) {
      for (JoinedDir.Member member : members) {
        member.dir().close();
      }
      throw e;
    }
  }

  /** A folder that holds a part, or the top where no part is at the top. */
  static Stat madeFolder(Optional<FolderPart> part) {
    UnixTime time = part.flatMap(FolderPart::date).orElse(new UnixTime(0, 0));
    return new Stat(
        FileType.DIRECTORY, 0755, Owner.ROOT, 0, time, time, time, time, 0, 0, 2, 0, 0, 0);
  }

  @Override
  public Optional<Stat> find(RawPath real) throws IOException {
    for (FolderPart part : parts) {
      if (!real.isEmpty() && real.equals(part.folder())) {
        return Optional.of(madeFolder(Optional.of(part)));
      }
      Optional<RawPath> inside = part.inside(real);
      Optional<Stat> found = inside.isPresent() ? part.tree().find(inside.get()) : Optional.empty();
      if (found.isPresent()) {
        return found.map(part::dated);
      }
    }
    return real.isEmpty() ? Optional.of(madeFolder(Optional.empty())) : Optional.empty();
  }

  private FolderPart holder(RawPath real) throws IOException {
    for (FolderPart part : parts) {
      Optional<RawPath> inside = part.inside(real);
      if (inside.isPresent() && part.tree().find(inside.get()).isPresent()) {
        return part;
      }
    }
    throw new NoSuchFileException("/" + real);
  }

  @Override
  public OpenFile read(RawPath real) throws IOException {
    FolderPart part = holder(real);
    return part.tree().read(part.inside(real).orElseThrow());
  }

  @Override
  public void confirm(RawPath real, OpenFile file) throws IOException {
    FolderPart part = holder(real);
    part.tree().confirm(part.inside(real).orElseThrow(), file);
  }

  @Override
  public RawPath resolve(RawPath path, boolean followLast) throws IOException {
    Deque<RawPath> ahead = new ArrayDeque<>(path.clean().components());
    RawPath at = RawPath.EMPTY;
    int links = 0;
    while (!ahead.isEmpty()) {
      RawPath name = ahead.removeFirst();
      if (name.latin1().equals("..")) {
        at = at.parent();
        continue;
      }
      RawPath next = at.child(name);
      boolean follow = !ahead.isEmpty() || followLast;
      if (!follow || find(next).filter(Stat::isSymlink).isEmpty()) {
        at = next;
        continue;
      }
      if (++links > MOST_LINKS) {
        throw new IOException("too many symbolic links on the way to /" + path.clean());
      }
      RawPath target;
      try (TreeDir dir = findDir(at).orElseThrow()) {
        target = dir.readlink(name);
      }
      at = target.latin1().startsWith("/") ? RawPath.EMPTY : at;
      target.components().reversed().forEach(ahead::addFirst);
    }
    return at;
  }

  @Override
  public String scope() {
    return String.join("+", parts.stream().map(part -> part.tree().scope()).toList());
  }

  @Override
  public void close() {}
}
