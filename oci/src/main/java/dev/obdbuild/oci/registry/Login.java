package dev.obdbuild.oci.registry;

/**
 * How to sign in to a registry.
 *
 * @param user empty if there is an identity token
 * @param identityToken a refresh token for the token server, or empty
 */
public record Login(String user, String password, String identityToken) {
  /** A login by name and password. */
  public Login(String user, String password) {
    this(user, password, "");
  }

  /** Tells no secret. */
  @Override
  public String toString() {
    return "Login[user=" + user + "]";
  }
}
