package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.config.BlobsUrl;
import dev.obdbuild.backstore.config.CredentialSpec;
import dev.obdbuild.oci.registry.CredentialService;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RepositoryFileCredentials;

/** Logins for the repository of an image, from where the service's configuration says. */
final class Logins {
  private Logins() {}

  /**
   * @param digest of one of the image's blobs, for services that want a whole address
   */
  static Credentials of(CredentialSpec spec, BlobsUrl blobs, String digest) {
    return switch (spec) {
      case CredentialSpec.InFile(var file) ->
          new RepositoryFileCredentials(file, blobs.repository());
      case CredentialSpec.Service service ->
          new CredentialService(
              new CredentialService.Place(
                  service.url(),
                  service.socket(),
                  service.timeout(),
                  service.ca(),
                  service.client()),
              blobs.repository(),
              blobs + "/" + digest);
    };
  }
}
