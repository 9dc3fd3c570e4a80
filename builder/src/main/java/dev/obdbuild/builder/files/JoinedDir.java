package dev.obdbuild.builder.files;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.worker.content.TreeDir;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A folder of {@link JoinedFolders}: what all trees have there. */
final class JoinedDir implements TreeDir {

  /** The folder of one tree. Owned. */
  record Member(FolderPart part, TreeDir dir) {}

  /** Which tree an entry is from; no member for a folder that holds a tree. */
  private record Source(FolderPart part, Optional<Member> member, DirEntry entry) {}

  private final JoinedFolders tree;
  private final RawPath path;
  private final List<Member> members;
  private final Map<RawPath, Source> entries = new TreeMap<>();

  private JoinedDir(JoinedFolders tree, RawPath path, List<Member> members) {
    this.tree = tree;
    this.path = path;
    this.members = List.copyOf(members);
  }

  /**
   * @param members closed with the result, not if this fails
   * @param made trees that have a folder of their own here
   * @throws IOException naming the trees, if two have the same file
   */
  static JoinedDir of(JoinedFolders tree, RawPath path, List<Member> members, List<FolderPart> made)
      throws IOException {
    JoinedDir dir = new JoinedDir(tree, path, members);
    for (Member member : members) {
      for (DirEntry entry : member.dir().list()) {
        dir.add(new Source(member.part(), Optional.of(member), entry));
      }
    }
    for (FolderPart part : made) {
      DirEntry entry = new DirEntry(part.folder(), FileType.DIRECTORY);
      dir.add(new Source(part, Optional.empty(), entry));
    }
    return dir;
  }

  private void add(Source source) throws IOException {
    RawPath name = source.entry.name();
    Source other = entries.putIfAbsent(name, source);
    boolean folders =
        other != null
            && other.entry.type() == FileType.DIRECTORY
            && source.entry.type() == FileType.DIRECTORY;
    if (other != null && !folders) {
      throw new IOException(
          "cannot overwrite "
              + path.child(name)
              + " from "
              + other.part.label()
              + " with "
              + source.part.label()
              + " when split option is disabled");
    }
  }

  private Source source(RawPath name) throws IOException {
    Source source = entries.get(name);
    if (source == null) {
      throw new NoSuchFileException("/" + path.child(name));
    }
    return source;
  }

  private TreeDir holder(RawPath name) throws IOException {
    return source(name)
        .member
        .orElseThrow(() -> new NoSuchFileException("/" + path.child(name)))
        .dir();
  }

  @Override
  public RawPath path() {
    return path;
  }

  @Override
  public List<DirEntry> list() {
    return entries.values().stream().map(Source::entry).toList();
  }

  @Override
  public Stat stat() throws IOException {
    if (members.isEmpty()) {
      return JoinedFolders.madeFolder(Optional.empty());
    }
    Member first = members.getFirst();
    return first.part().dated(first.dir().stat());
  }

  @Override
  public Map<String, byte[]> xattrs() throws IOException {
    return members.isEmpty() ? Map.of() : members.getFirst().dir().xattrs();
  }

  @Override
  public Stat stat(RawPath name) throws IOException {
    Source source = source(name);
    return source.member.isEmpty()
        ? JoinedFolders.madeFolder(Optional.of(source.part))
        : source.part.dated(source.member.get().dir().stat(name));
  }

  @Override
  public Map<String, byte[]> xattrs(RawPath name) throws IOException {
    return source(name).member.isEmpty() ? Map.of() : holder(name).xattrs(name);
  }

  @Override
  public RawPath readlink(RawPath name) throws IOException {
    return holder(name).readlink(name);
  }

  @Override
  public TreeDir open(RawPath name) throws IOException {
    RawPath below = path.child(name);
    return tree.findDir(below).orElseThrow(() -> new NoSuchFileException("/" + below));
  }

  @Override
  public OpenFile read(RawPath name) throws IOException {
    return holder(name).read(name);
  }

  @Override
  public void confirm(RawPath name, OpenFile file) throws IOException {
    holder(name).confirm(name, file);
  }

  @Override
  public void close() throws IOException {
    for (Member member : members) {
      member.dir().close();
    }
  }
}
