package dev.obdbuild.pusher.tree;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.pusher.attest.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** The files of a tree as what a statement is about: each with its path and digest. */
public final class FileSubjects {

  private static final int BUFFER = 128 << 10;

  private FileSubjects() {}

  /** Reads every regular file once; hard links are told as little as folders are. */
  public static List<Subject> of(ExportTree tree) throws IOException {
    List<Subject> subjects = new ArrayList<>();
    byte[] buffer = new byte[BUFFER];
    tree.walk(
        (entry, content) -> {
          if (entry.type() == TarEntry.Type.FILE) {
            MessageDigest hash = Digest.newSha256();
            try (InputStream in = content.open()) {
              for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hash.update(buffer, 0, n);
              }
            }
            subjects.add(new Subject(entry.nameText(), Digest.ofHash(hash.digest())));
          }
        });
    return subjects;
  }
}
