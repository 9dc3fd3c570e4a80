package dev.obdbuild.backstore.ext4;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where files lie that are named by paths from the top, as a list of what is needed first. A path
 * that ends in {@code /} or {@code *} stands for all files below the folder before it. Not
 * thread-safe.
 */
public final class FilePlaces {
  private static final int MAX_LINKS = 20;
  private static final int MAX_FILES = 100_000;

  private final Ext4Files files;
  private final Consumer<String> unknown;
  private final List<Place> places = new ArrayList<>();
  private final Set<Long> seen = new HashSet<>();

  /** A range of the device, bytes. */
  public record Place(long offset, long length) {}

  /**
   * @param unknown told the paths that lead to nothing
   */
  public FilePlaces(Ext4Files files, Consumer<String> unknown) {
    this.files = files;
    this.unknown = unknown;
  }

  /** Finds the files of a list, in its order. */
  public List<Place> of(List<String> paths) throws IOException {
    for (String line : paths) {
      String path = line.strip();
      if (path.startsWith("/")) {
        boolean below = path.endsWith("/") || path.endsWith("*");
        String plain = path.replaceFirst("/?\\*?$", "");
        long found = find(Ext4Files.ROOT, plain, MAX_LINKS);
        if (found == 0) {
          unknown.accept(path);
        } else {
          add(found, below);
        }
      } else if (!path.isEmpty()) {
        unknown.accept(path);
      }
    }
    return List.copyOf(places);
  }

  /** The inode at the end of a path, links followed; 0 if there is none. */
  private long find(long from, String path, int linksLeft) throws IOException {
    List<Long> chain = new ArrayList<>(List.of(from));
    String[] names = path.split("/+");
    for (int i = 0; i < names.length; i++) {
      if (names[i].isEmpty() || names[i].equals(".")) {
        continue;
      }
      if (names[i].equals("..")) {
        if (chain.size() > 1) {
          chain.removeLast();
        }
        continue;
      }
      Inode folder = files.inode(chain.getLast());
      Long next = folder.isDirectory() ? folder.entries().get(names[i]) : null;
      if (next == null) {
        return 0;
      }
      Optional<String> target = files.inode(next).target();
      if (target.isPresent()) {
        String rest = String.join("/", List.of(names).subList(i + 1, names.length));
        String before = String.join("/", List.of(names).subList(0, i));
        String led = target.get().startsWith("/") ? target.get() : before + "/" + target.get();
        return linksLeft == 0 ? 0 : find(Ext4Files.ROOT, led + "/" + rest, linksLeft - 1);
      }
      chain.add(next);
    }
    return chain.getLast();
  }

  private void add(long number, boolean below) throws IOException {
    List<Long> waiting = new ArrayList<>(List.of(number));
    while (!waiting.isEmpty() && seen.size() < MAX_FILES) {
      long next = waiting.removeLast();
      if (!seen.add(next)) {
        continue;
      }
      Inode inode = files.inode(next);
      if (inode.isRegular()) {
        for (Inode.Range range : inode.ranges()) {
          places.add(new Place(range.offset(), range.length()));
        }
      } else if (inode.isDirectory() && below) {
        Map<String, Long> entries = inode.entries();
        waiting.addAll(List.copyOf(entries.values()).reversed());
      }
    }
  }
}
