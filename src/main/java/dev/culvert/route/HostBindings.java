package dev.culvert.route;

import dev.culvert.boundary.ProviderBoundary;
import dev.culvert.provider.Bindings;
import java.util.Optional;
import java.util.function.Supplier;

/** Bindings that the host keeps, over deployments; none any more once this one has ended. */
record HostBindings(ProviderBoundary host, long deployment) implements Bindings {

  @Override
  public Optional<String> bound(String session) {
    return whileDeployed(() -> Optional.ofNullable(host.boundUpstream(deployment, session)))
        .flatMap(bound -> bound);
  }

  @Override
  public void bind(String session, String provider) {
    Optional<Boolean> unused =
        whileDeployed(
            () -> {
              host.bindSession(deployment, session, provider);
              return true;
            });
  }

  @Override
  public void unbind(String session) {
    Optional<Boolean> unused =
        whileDeployed(
            () -> {
              host.unbindSession(deployment, session);
              return true;
            });
  }

  /** How many streams go to an upstream. */
  int streams(String upstream) {
    return whileDeployed(() -> host.liveStreams(deployment, upstream)).orElse(0);
  }

  private static <T> Optional<T> whileDeployed(Supplier<T> question) {
    try {
      return Optional.of(question.get());
    } catch (IllegalStateException e) {
      return Optional.empty(); // the deployment has ended
    }
  }
}
