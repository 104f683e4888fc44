package dev.culvert.route;

import dev.culvert.boundary.ProviderBoundary;
import dev.culvert.provider.Notes;
import java.util.Optional;

/** Notes that the host keeps, over deployments. */
record HostNotes(ProviderBoundary host, long deployment) implements Notes {

  @Override
  public Optional<String> read(String name) {
    return WhileDeployed.ask(() -> host.boundUpstream(deployment, ProviderBoundary.NOTE + name));
  }

  @Override
  public void write(String name, String text) {
    WhileDeployed.run(() -> host.bindSession(deployment, ProviderBoundary.NOTE + name, text));
  }

  @Override
  public void erase(String name) {
    WhileDeployed.run(() -> host.unbindSession(deployment, ProviderBoundary.NOTE + name));
  }
}
