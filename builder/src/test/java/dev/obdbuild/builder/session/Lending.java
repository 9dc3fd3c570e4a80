package dev.obdbuild.builder.session;

import dev.obdbuild.builder.session.serve.OutputTarget;
import dev.obdbuild.builder.session.serve.SessionServer.Lent;
import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.worker.Secrets;
import dev.obdbuild.worker.SshAgents;
import dev.obdbuild.worker.source.local.LocalFiles;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/** What a test's client lends: one thing, all else empty. */
final class Lending {
  private Lending() {}

  static Lent folders(Map<String, Path> folders) {
    return with(new LocalFolders(folders), Secrets.none(), Credentials.none(), SshAgents.none());
  }

  static Lent with(LocalFiles files, Secrets secrets, Credentials credentials, SshAgents agents) {
    return new Lent(files, secrets, credentials, agents, Map.of(), Map.of(), Map.of());
  }

  static Lent stores(Map<String, ContentStore> stores) {
    return new Lent(
        new LocalFolders(Map.of()),
        Secrets.none(),
        Credentials.none(),
        SshAgents.none(),
        stores,
        Map.of(),
        Map.of());
  }

  static Lent uploads(Map<String, InputStream> uploads) {
    return new Lent(
        new LocalFolders(Map.of()),
        Secrets.none(),
        Credentials.none(),
        SshAgents.none(),
        Map.of(),
        uploads,
        Map.of());
  }

  static Lent outputs(Map<Integer, OutputTarget> outputs) {
    return new Lent(
        new LocalFolders(Map.of()),
        Secrets.none(),
        Credentials.none(),
        SshAgents.none(),
        Map.of(),
        Map.of(),
        outputs);
  }
}
