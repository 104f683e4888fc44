package dev.culvert.host.pool;

/**
 * Names of accounts. Credentials that callers bring themselves are accounts of one group each,
 * named {@code <group>#<what tells it apart>}: each has a cap of its own, and what is shown or
 * evicted by the group's name is all of them.
 */
public final class AccountName {

  private static final char SEPARATOR = '#';

  private AccountName() {}

  /** The group of an account; an account that has none is its own. */
  public static String group(String account) {
    int end = account.indexOf(SEPARATOR);
    return end < 0 ? account : account.substring(0, end);
  }

  /** Whether a name, of an account or of a group, means an account. */
  static boolean means(String name, String account) {
    return name.equals(account) || name.equals(group(account));
  }
}
