package dev.culvert.config;

import java.util.List;
import java.util.Optional;

/**
 * How Redis is reached.
 *
 * @param nodes at least one; several are those of a cluster
 * @param login what it asks for, if anything; the user is empty where there is a password only
 * @param database number of the database, 0 in a cluster
 * @param tls how connections are secured; empty = not at all
 * @param prefix of all keys
 */
public record RedisRules(
    List<Node> nodes,
    Optional<Login> login,
    int database,
    Optional<UpstreamTls> tls,
    String prefix) {

  /** Copies the list. */
  public RedisRules {
    nodes = List.copyOf(nodes);
  }

  /**
   * One server.
   *
   * @param host name or IP address, IPv6 in brackets
   * @param port 1 to 65535
   */
  public record Node(String host, int port) {}
}
