package dev.culvert.provider.lease;

/** What a store says to a session that wants a place at a provider. */
public sealed interface Admission {

  /**
   * The session may go on; the lease is to be released.
   *
   * @param counted false when the store is down and is told of the lease later
   */
  record Admitted(Lease lease, boolean counted) implements Admission {}

  /** The provider has as many sessions as it may have, and this is none of them. */
  record Full() implements Admission {}

  /**
   * Nobody can tell: the store is down and does not admit then, is closed, or does not take the
   * ids.
   *
   * @param detail why, for logs
   */
  record Unavailable(String detail) implements Admission {

    /** The ids of a lease are none. */
    public static Unavailable invalid(Lease lease) {
      return new Unavailable("not an id that stores take: " + lease);
    }
  }
}
