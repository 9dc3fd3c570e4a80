package dev.obdbuild.backstore.config;

import dev.obdbuild.oci.image.Repository;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address below which a repository's blobs lie: {@code http(s)://host[:port]/v2/name/blobs}.
 *
 * @param tls whether it is https
 * @param repository the hub is {@code docker.io}, whatever name its host goes by
 */
public record BlobsUrl(boolean tls, Repository repository) {
  private static final Pattern FORM =
      Pattern.compile(
          "(https?)://([A-Za-z0-9.\\-\\[\\]:]{1,261})/v2/([a-z0-9._/-]{1,255})/blobs/?");
  private static final String HUB_HOST = "registry-1.docker.io";
  private static final String HUB = "docker.io";

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public static BlobsUrl parse(String url) {
    Matcher form = FORM.matcher(url);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + url + "' is not of the form http(s)://host/v2/name/blobs");
    }
    String host = form.group(2);
    return new BlobsUrl(
        form.group(1).equals("https"),
        new Repository(host.equals(HUB_HOST) ? HUB : host, form.group(3)));
  }

  /** Scheme, host and {@code /v2/}. */
  public String registryUrl() {
    String registry = repository.registry();
    String host = registry.equals(HUB) ? HUB_HOST : registry;
    return (tls ? "https://" : "http://") + host + "/v2/";
  }

  @Override
  public String toString() {
    return registryUrl() + repository.name() + "/blobs";
  }
}
