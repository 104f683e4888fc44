package dev.culvert.host;

import dev.culvert.boundary.SocketInfo;
import java.util.List;
import java.util.Map;

/**
 * The pool of upstream sockets of one application. {@code dev.culvert:type=Pool,application=...}
 * What is set here counts until the configuration is next put into force.
 */
public interface PoolMXBean {

  boolean isEnabled();

  void setEnabled(boolean enabled);

  int getMaxPerAccount();

  /**
   * Sets the largest number of sockets of an account.
   *
   * @throws IllegalArgumentException when it is below 1
   */
  void setMaxPerAccount(int sockets);

  /** Age in seconds from which a socket takes no further turn. */
  long getMaxAgeSeconds();

  /**
   * Sets the age.
   *
   * @throws IllegalArgumentException when it is below 1
   */
  void setMaxAgeSeconds(long seconds);

  /** Sockets by state: connecting, idle, busy and closing. */
  Map<String, Integer> getSockets();

  List<SocketInfo> list();

  /** Evicts an account; tells how many sockets that concerns. */
  int evict(String account);

  /** Evicts all accounts; tells how many sockets that concerns. */
  int evictAll();
}
