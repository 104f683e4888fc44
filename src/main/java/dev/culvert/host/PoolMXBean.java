package dev.culvert.host;

import dev.culvert.boundary.SocketInfo;
import java.util.List;
import java.util.Map;

/**
 * The pool of upstream sockets of one application. {@code dev.culvert:type=Pool,application=...}
 * What is set here holds at once, and until a configuration that is put into force says something
 * else than the one before; redeploys alone change nothing. Setters throw {@link
 * IllegalArgumentException} when a value is out of range.
 */
public interface PoolMXBean {

  /** Whether sockets are kept between turns. */
  boolean isEnabled();

  /** Without a pool idle sockets end now and busy ones with their turn. */
  void setEnabled(boolean enabled);

  /** Most sockets of one account, those that are being opened included. */
  int getMaxPerAccount();

  /** At least 1; idle sockets above it end, the least recently used first. */
  void setMaxPerAccount(int sockets);

  /** Age in milliseconds from which a socket takes no further turn. */
  long getMaxAgeMillis();

  /** At least 1; idle sockets above it end within a second. */
  void setMaxAgeMillis(long millis);

  /** Between two pings; without any sign of life for 2.5 times as long a socket ends. */
  long getPingIntervalMillis();

  /** From 1 to an hour; pings go out once a second at most. */
  void setPingIntervalMillis(long millis);

  /** For opening a socket, name look-up and TLS included. */
  long getOpenTimeoutMillis();

  /** From 1 to an hour; holds for sockets that are opened from now on. */
  void setOpenTimeoutMillis(long millis);

  /** From a request to its first event. */
  long getResponseStartTimeoutMillis();

  /** From 1 to an hour; holds for turns that get a slot from now on. */
  void setResponseStartTimeoutMillis(long millis);

  /** Sockets by state: connecting, idle, busy and closing. */
  Map<String, Integer> getSockets();

  /** The same for each account. */
  Map<String, Map<String, Integer>> getSocketsByAccount();

  /** All sockets. */
  List<SocketInfo> list();

  /**
   * Evicts an account, or with {@code upstream:<name>} all credentials of callers at that upstream;
   * tells how many sockets that concerns.
   */
  int evict(String account);

  /** Evicts all accounts; tells how many sockets that concerns. */
  int evictAll();
}
