package dev.culvert.route;

import dev.culvert.boundary.ProviderBoundary;
import dev.culvert.provider.Bindings;
import java.util.Optional;
import java.util.Set;

/** Bindings that the host keeps, over deployments; none any more once this one has ended. */
record HostBindings(ProviderBoundary host, long deployment) implements Bindings {

  @Override
  public Optional<String> bound(String session) {
    return WhileDeployed.ask(() -> host.boundUpstream(deployment, session));
  }

  @Override
  public void bind(String session, String provider) {
    WhileDeployed.run(() -> host.bindSession(deployment, session, provider));
  }

  @Override
  public void unbind(String session) {
    WhileDeployed.run(() -> host.unbindSession(deployment, session));
  }

  @Override
  public void retain(Set<String> providers) {
    WhileDeployed.run(() -> host.retainBindings(deployment, providers));
  }

  /** How many streams go to an upstream. */
  int streams(String upstream) {
    return WhileDeployed.ask(() -> host.liveStreams(deployment, upstream)).orElse(0);
  }
}
