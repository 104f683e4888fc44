package dev.culvert.admin;

import dev.culvert.boundary.SocketInfo;
import java.util.List;
import java.util.OptionalInt;

/**
 * What administrators may do with the application's pool of upstream sockets. Safe for use by any
 * thread; methods throw {@link IllegalStateException} when the deployment has ended.
 */
public interface PoolControl {

  /** All sockets, those of single turns included. */
  List<SocketInfo> sockets();

  /**
   * Evicts an account: idle sockets end now, busy ones with their turn.
   *
   * @param account its name, or {@code upstream:<name>} for all credentials of callers there
   * @return how many sockets; empty when neither the configuration nor the pool knows the name
   */
  OptionalInt evict(String account);
}
