package dev.obdbuild.builder.session;

import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.LocalTree;
import dev.obdbuild.worker.source.local.LocalFiles;
import dev.obdbuild.worker.source.local.LocalRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Map;

/** Folders of this host, by the names under which a build asks for them. */
public final class LocalFolders implements LocalFiles {

  private final Map<String, Path> folders;

  public LocalFolders(Map<String, Path> folders) {
    this.folders = Map.copyOf(folders);
  }

  @Override
  public FileTree open(LocalRequest request) throws IOException {
    String name = request.name();
    Path folder = folders.get(name);
    if (folder == null) {
      throw new IOException("no access to local folder " + name);
    }
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    if (request.wantedOfListed().isPresent()) {
      throw new IOException("local folder " + name + ": a list of files needs a daemon");
    }
    return LocalTree.open(folder, request.filter());
  }
}
