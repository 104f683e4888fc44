package dev.culvert.http;

import java.util.Map;

/**
 * The outbound connections of one deployment. {@code dev.culvert:type=Transport,application=...}
 * What is set here holds at once, until a configuration of the transport that differs from the one
 * before is put into force, or the deployment ends. Setters throw {@link IllegalArgumentException}
 * when a value is out of range.
 */
public interface TransportMXBean {

  /** Connections that carry an exchange, by {@code host:port}. */
  Map<String, Integer> getLeased();

  /** Connections that nobody uses, by {@code host:port}. */
  Map<String, Integer> getIdle();

  /** Exchanges that wait for a connection, by {@code host:port}. */
  Map<String, Integer> getPending();

  /** Connections that may stay idle, in all. */
  int getMaxIdle();

  /** 0 and up; what is idle ends when this becomes less. */
  void setMaxIdle(int connections);

  /** Connections that may stay idle, of each host. */
  int getMaxIdlePerHost();

  /** 0 and up; what is idle ends when this becomes less. */
  void setMaxIdlePerHost(int connections);

  /** How long a connection may be idle. */
  long getKeepAliveMillis();

  /** At least 1. */
  void setKeepAliveMillis(long millis);

  /** Connections of each host at once, for each client by itself; 0 = no limit. */
  int getMaxPerHost();

  /** 0 and up; exchanges above it wait. */
  void setMaxPerHost(int connections);

  /** Closes all connections that nobody uses. */
  void closeIdle();
}
