package dev.culvert.host;

import java.util.List;

/** The host plane: what outlives every deployment. {@code dev.culvert:type=Host} */
public interface HostMXBean {

  /** Version of the border between host and gateway. */
  int getProtocol();

  /** Version of the WAR that brought the host. */
  String getVersion();

  /** Start of the host, ISO 8601. */
  String getStarted();

  /** Connector that client connections are taken over from. */
  String getConnector();

  /** Threads that relay, each for a share of the streams. */
  int getEventLoops();

  /** Applications that are deployed now, by virtual server and context path. */
  List<String> getDeployments();

  /** Streams under way, of all deployments and of those that have ended. */
  int getActiveStreams();

  /** Upstream handshakes under way. */
  int getHandshakes();

  /** Whether a newer host has taken over and this one ends with its last stream. */
  boolean isDraining();
}
