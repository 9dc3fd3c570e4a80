package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.Op;
import dev.obdbuild.worker.content.FileTree;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Turns {@code --chown} into numbers. The name of a user that is not known, or a missing file,
 * gives 0, but on an empty filesystem ({@code FROM scratch}) names are refused; a user without a
 * group, or with one that is not known, gives the user's own group for a name and the same number
 * for a number. The number that to {@code chown} means "as it is" gives what new files have, 0.
 */
final class Accounts {
  /** A passwd file larger than this is no passwd file. */
  private static final long MOST_BYTES = 64L << 20;

  private static final long UNCHANGED = 0xFFFF_FFFFL;

  private static final RawPath PASSWD = RawPath.of("etc/passwd");
  private static final RawPath GROUP = RawPath.of("etc/group");

  private final UserLookup lookup;

  Accounts(UserLookup lookup) {
    this.lookup = lookup;
  }

  Owner owner(FileAction.Owner wanted) throws IOException {
    long uid = 0;
    long gid = 0;
    if (wanted.user().isPresent()) {
      switch (wanted.user().get()) {
        case FileAction.ById id -> {
          uid = number(id);
          gid = uid;
        }
        case FileAction.ByName name -> {
          String[] fields = fields(name, PASSWD, 4);
          uid = number(fields, 2);
          gid = number(fields, 3);
        }
      }
    }
    if (wanted.group().isPresent()) {
      gid =
          switch (wanted.group().get()) {
            case FileAction.ById id -> number(id);
            case FileAction.ByName name -> {
              String[] fields = fields(name, GROUP, 3);
              yield fields.length == 0 ? gid : number(fields, 2);
            }
          };
    }
    return new Owner(uid, gid);
  }

  private static long number(FileAction.ById id) {
    return id.id() == UNCHANGED ? 0 : id.id();
  }

  private static long number(String[] fields, int index) {
    return index < fields.length && fields[index].matches("[0-9]{1,10}")
        ? Long.parseLong(fields[index])
        : 0;
  }

  /** The fields of the line of that name; none when there is no such line or file. */
  private String[] fields(FileAction.ByName name, RawPath path, int most) throws IOException {
    if (name.input() == Op.NONE) {
      throw new IOException(
          "invalid user index: -1 (nothing to look up " + name.name() + " in: the stage is empty)");
    }
    for (String line : text(lookup.tree(name.input()), path).split("\n")) {
      String[] fields = line.strip().split(":", -1);
      if (fields.length >= most - 1 && fields[0].equals(name.name())) {
        return fields;
      }
    }
    return new String[0];
  }

  private static String text(FileTree tree, RawPath path) throws IOException {
    RawPath real = tree.resolve(path, true);
    Optional<Stat> stat = tree.find(real);
    if (stat.isEmpty() || !stat.get().isRegular()) {
      return "";
    }
    if (stat.get().size() > MOST_BYTES) {
      throw new IOException(
          "/"
              + path
              + " has "
              + stat.get().size()
              + " bytes, more than the limit of "
              + MOST_BYTES);
    }
    byte[] bytes = new byte[(int) stat.get().size()];
    try (OpenFile file = tree.read(real)) {
      file.readFully(MemorySegment.ofArray(bytes), 0);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
