package dev.obdbuild.pusher.tree;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.pusher.attest.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The files of a tree as what a statement is about: each with its path and digest. */
public final class FileSubjects {

  private static final int BUFFER = 128 << 10;

  private FileSubjects() {}

  /** Reads every regular file once; each further name of one is told with its digest, too. */
  public static List<Subject> of(ExportTree tree) throws IOException {
    List<Subject> subjects = new ArrayList<>();
    Map<String, Digest> read = new HashMap<>();
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
            Digest digest = Digest.ofHash(hash.digest());
            read.put(entry.nameText(), digest);
            subjects.add(new Subject(entry.nameText(), digest));
          } else if (entry.type() == TarEntry.Type.HARD_LINK) {
            String first = TarEntry.text(entry.linkName());
            Digest digest = read.get(first);
            if (digest == null) {
              throw new IOException(
                  entry.nameText() + " is a link to " + first + ", which does not come before it");
            }
            subjects.add(new Subject(entry.nameText(), digest));
          }
        });
    return subjects;
  }
}
