package dev.obdbuild.snapshots.fs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes an empty ext4 filesystem, the same bytes every time: features, UUID, hash seed and times
 * are fixed here and nothing comes from {@code /etc/mke2fs.conf}. No journal, no metadata
 * checksums, no {@code lost+found}.
 *
 * <p>{@code uninit_bg} leaves the bitmaps and inode tables of unused groups unwritten; the groups'
 * metadata lies packed at the front. A filesystem of 64 GiB takes less than 256 KiB.
 */
public final class Mkfs {
  /** Changes whenever the bytes of the result do. */
  public static final String VERSION = "ext4-v1";

  private static final String FEATURES =
      "none,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super,sparse_super2,large_file,huge_file,"
          + "dir_nlink,extra_isize,uninit_bg";
  private static final String UUID = "6f626400-0000-4000-8000-000000000001";
  private static final String HASH_SEED = "6f626400-0000-4000-8000-000000000002";
  private static final long LIMIT_SECONDS = 60;

  private Mkfs() {}

  /** Makes the filesystem on a block device or file whose content is all zeros. */
  public static void run(Path device) throws IOException {
    command(
        "mkfs.ext4",
        "-F",
        "-q",
        "-b",
        "4096",
        "-I",
        "256",
        "-i",
        "16384",
        "-m",
        "0",
        "-G",
        "16",
        "-O",
        FEATURES,
        "-U",
        UUID,
        "-E",
        "nodiscard,lazy_itable_init=1,packed_meta_blocks=1,hash_seed="
            + HASH_SEED
            + ",root_owner=0:0",
        device.toString());
    command("debugfs", "-w", "-R", "rmdir lost+found", device.toString());
  }

  private static void command(String... command) throws IOException {
    List<String> words = new ArrayList<>(Arrays.asList(command));
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("E2FSPROGS_FAKE_TIME", "1");
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IOException(command[0] + " cannot be run: is e2fsprogs installed?", e);
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(command[0] + " did not end within " + LIMIT_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + command[0] + " ran", e);
    }
    // debugfs tells failures in words only.
    if (process.exitValue() != 0 || output.contains("rmdir:")) {
      throw new IOException(
          String.join(" ", command)
              + " failed with exit code "
              + process.exitValue()
              + ": "
              + output.strip());
    }
  }
}
