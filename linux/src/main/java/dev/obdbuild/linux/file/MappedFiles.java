package dev.obdbuild.linux.file;

import dev.obdbuild.linux.sys.LinuxException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files that this process has mapped: its libraries, and the JVM's caches of classes. What is
 * resident of them is mostly what was needed once.
 */
public final class MappedFiles {
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");

  /** Smaller ones are not worth a call. */
  private static final long SMALLEST = 1 << 20;

  private static final int MADV_DONTNEED = 4;
  private static final int HEX = 16;

  /** {@code 7f6f2557f000-7f6f2562b000 r--p 042bf000 fe:00 5685322 /path}. */
  private static final Pattern MAPPING =
      Pattern.compile("([0-9a-f]+)-([0-9a-f]+) ([-rwxsp]{4}) [0-9a-f]+ [0-9a-f:]+ \\d+ +(/.+)");

  private static final Pattern KILOBYTES = Pattern.compile("(\\w+): +(\\d+) kB");

  private MappedFiles() {}

  private static final class Mapping {
    private final long start;
    private final long length;
    private final String file;
    private final boolean writable;
    private long resident;
    private long changed;

    private Mapping(Matcher line) {
      start = Long.parseUnsignedLong(line.group(1), HEX);
      length = Long.parseUnsignedLong(line.group(2), HEX) - start;
      writable = line.group(3).indexOf('w') >= 0;
      file = line.group(4);
    }

    /** Whether each of its pages is what the file has there, and stays so. */
    private boolean isCopy() {
      return !writable && changed == 0;
    }

    private void count(String what, long bytes) {
      switch (what) {
        case "Rss" -> resident = bytes;
        // What was relocated at its loading and made unwritable then is no copy of the file.
        case "Anonymous", "Swap" -> changed += bytes;
        default -> {}
      }
    }
  }

  /**
   * Gives those pages back that are no more than copies of a file's, of mappings larger than a
   * megabyte: when they are used again, the kernel maps them again, as a rule from its page cache.
   *
   * @return the bytes that were resident of them
   */
  public static long release() throws IOException {
    long released = 0;
    for (Mapping mapping : mappings()) {
      if (mapping.isCopy() && mapping.resident >= SMALLEST) {
        advise(mapping);
        released += mapping.resident;
      }
    }
    return released;
  }

  private static List<Mapping> mappings() throws IOException {
    List<Mapping> found = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(MAPPINGS, StandardCharsets.ISO_8859_1)) {
      boolean ofFile = false;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (Character.isUpperCase(line.charAt(0))) {
          Matcher field = KILOBYTES.matcher(line);
          if (ofFile && field.matches()) {
            found.getLast().count(field.group(1), Long.parseLong(field.group(2)) << 10);
          }
        } else {
          Matcher mapping = MAPPING.matcher(line);
          ofFile = mapping.matches();
          if (ofFile) {
            found.add(new Mapping(mapping));
          }
        }
      }
    }
    return found;
  }

  private static void advise(Mapping mapping) throws LinuxException {
    try (Native.Frame frame = new Native.Frame(0)) {
      int result = Holder.MADVISE.call(frame, mapping.start, mapping.length, MADV_DONTNEED);
      if (result < 0) {
        throw new LinuxException("madvise", mapping.file, -result);
      }
    }
  }

  /** Binds on first use. */
  private static final class Holder {
    static final Native.Function MADVISE = Native.Function.of("madvise");
  }
}
