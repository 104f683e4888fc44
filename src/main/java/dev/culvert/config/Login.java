package dev.culvert.config;

/**
 * A user name and a secret.
 *
 * @param user may be empty
 * @param password never shown
 */
public record Login(String user, String password) {

  @Override
  public String toString() {
    return user + ":" + Secrets.MASK;
  }
}
