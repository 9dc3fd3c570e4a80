package dev.obdbuild.builder.files;

import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.UnixTime;
import dev.obdbuild.pusher.attest.Attestation;
import dev.obdbuild.pusher.attest.Subject;
import dev.obdbuild.pusher.output.FolderOptions;
import dev.obdbuild.pusher.tree.FileSubjects;
import dev.obdbuild.pusher.tree.StatementFile;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.MountedTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files of a result as the exporters {@code local} and {@code tar} hand them over: those of all
 * platforms, with files that hold what is attested about them. To be closed; owns the statements,
 * not the trees it was made of. Reads mounts, so it is made, read and closed on threads that may.
 */
public final class ResultFolders implements AutoCloseable {

  private final List<Path> temporary = new ArrayList<>();
  private final List<FileTree> statements = new ArrayList<>();
  private final List<FolderPart> parts = new ArrayList<>();

  private ResultFolders() {}

  /**
   * The files of one platform.
   *
   * @param id {@code linux/amd64}
   * @param epoch what every file is dated, if anything
   */
  public record PlatformFolder(
      String id, FileTree tree, List<Attestation> attestations, Optional<Instant> epoch) {}

  /**
   * Joins platforms. Attestations that are not only meant for registries cost reading every file.
   *
   * @param multiPlatform whether the build was asked for platforms
   * @param now date of the statements where there is no epoch
   * @param scratch folder for them until this is closed
   */
  public static ResultFolders of(
      List<PlatformFolder> platforms,
      FolderOptions options,
      boolean multiPlatform,
      Instant now,
      Path scratch)
      throws IOException {
    ResultFolders folders = new ResultFolders();
    boolean split = options.split(multiPlatform);
    try {
      for (PlatformFolder platform : platforms) {
        RawPath at = split ? folder(platform.id()) : RawPath.EMPTY;
        Optional<UnixTime> date = platform.epoch().map(UnixTime::of);
        folders.parts.add(new FolderPart(platform.id(), at, platform.tree(), date));
        Optional<FileTree> told =
            folders.statements(platform, options, multiPlatform && !split, scratch);
        UnixTime made = date.orElse(UnixTime.of(now));
        told.ifPresent(
            tree ->
                folders.parts.add(
                    new FolderPart(
                        "attestations of " + platform.id(), at, tree, Optional.of(made))));
      }
      return folders;
    } catch (IOException | RuntimeException e) {
      folders.close();
      throw e;
    }
  }

  /**
   * The folder of a platform, where each has its own.
   *
   * @param id {@code linux/amd64}
   */
  public static RawPath folder(String id) {
    return RawPath.of(id.replace('/', '_'));
  }

  private Optional<FileTree> statements(
      PlatformFolder platform, FolderOptions options, boolean named, Path scratch)
      throws IOException {
    if (platform.attestations().stream().allMatch(Attestation::inlineOnly)) {
      return Optional.empty();
    }
    List<Subject> subjects = FileSubjects.of(new TreeFiles(platform.tree()));
    Path folder = Files.createTempDirectory(scratch, "statements");
    temporary.add(folder);
    String told = named ? platform.id() : "";
    for (StatementFile file : StatementFile.of(platform.attestations(), options, told, subjects)) {
      Path path = folder.resolve(file.name());
      temporary.add(path);
      Files.write(path, file.bytes());
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }
    FileTree tree = MountedTree.open(folder, folder.getFileName().toString());
    statements.add(tree);
    return Optional.of(tree);
  }

  /** All files; good until this is closed. */
  public FileTree tree() {
    return new JoinedFolders(parts);
  }

  @Override
  public void close() throws IOException {
    for (FileTree tree : statements) {
      tree.close();
    }
    for (Path path : temporary.reversed()) {
      Files.deleteIfExists(path);
    }
  }
}
