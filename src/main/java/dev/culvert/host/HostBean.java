package dev.culvert.host;

import java.util.List;

final class HostBean implements HostMXBean {

  private final Host host;

  HostBean(Host host) {
    this.host = host;
  }

  @Override
  public int getProtocol() {
    return host.protocol();
  }

  @Override
  public String getVersion() {
    return host.version();
  }

  @Override
  public String getStarted() {
    return host.started().toString();
  }

  @Override
  public String getConnector() {
    return host.connector();
  }

  @Override
  public int getEventLoops() {
    return host.eventLoops();
  }

  @Override
  public List<String> getDeployments() {
    return host.deployments();
  }

  @Override
  public int getActiveStreams() {
    return host.activeStreams();
  }

  @Override
  public int getHandshakes() {
    return host.handshakes();
  }

  @Override
  public boolean isDraining() {
    return host.isDraining();
  }
}
