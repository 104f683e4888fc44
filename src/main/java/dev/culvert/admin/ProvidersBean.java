package dev.culvert.admin;

import dev.culvert.provider.ProviderView;
import dev.culvert.provider.Providers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.management.ObjectName;

/** The providers of a deployment, for JMX. Waits for the store of leases for a bounded time. */
public final class ProvidersBean implements ProvidersMXBean {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int UNKNOWN = -1;

  private final Providers providers;
  private final Duration patience;

  /** A bean of these. */
  public ProvidersBean(Providers providers) {
    this(providers, PATIENCE);
  }

  /**
   * @param patience longest wait for the store of leases
   */
  ProvidersBean(Providers providers, Duration patience) {
    this.providers = providers;
    this.patience = patience;
  }

  /** The name of an application's bean. */
  public static String name(String application) {
    return "dev.culvert:type=Providers,application=" + ObjectName.quote(application);
  }

  @Override
  public List<ProviderInfo> list() {
    List<ProviderView> views = providers.list();
    Map<String, CompletableFuture<Integer>> sessions =
        views.stream()
            .collect(
                Collectors.toMap(
                    ProviderView::name,
                    view -> providers.sessions(view.name()).toCompletableFuture()));
    long deadline = System.nanoTime() + patience.toNanos();
    return views.stream()
        .map(view -> info(view, answer(sessions.get(view.name()), deadline).orElse(UNKNOWN)))
        .toList();
  }

  /** Empty when it does not come in time. */
  private static Optional<Integer> answer(CompletableFuture<Integer> future, long deadline) {
    try {
      long left = Math.max(0, deadline - System.nanoTime());
      return Optional.of(future.get(left, TimeUnit.NANOSECONDS));
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static ProviderInfo info(ProviderView view, int sessions) {
    return new ProviderInfo(
        view.name(),
        view.enabled(),
        view.draining(),
        view.circuit().label(),
        view.open().toMillis() / 1000.0,
        view.well(),
        view.resting().toMillis() / 1000.0,
        sessions,
        view.streams(),
        view.priority(),
        view.weight());
  }

  @Override
  public void enable(String provider) {
    check(provider, providers.enable(provider));
  }

  @Override
  public void disable(String provider) {
    check(provider, providers.disable(provider));
  }

  @Override
  public void drain(String provider) {
    check(provider, providers.drain(provider));
  }

  @Override
  public int forceRelease(String provider, String session) {
    check(provider, providers.list().stream().anyMatch(view -> view.name().equals(provider)));
    CompletableFuture<Integer> released =
        providers.forceRelease(provider, session).toCompletableFuture();
    return answer(released, System.nanoTime() + patience.toNanos())
        .orElseThrow(() -> new IllegalStateException("lease store: no answer in " + patience));
  }

  private static void check(String provider, boolean known) {
    if (!known) {
      throw new IllegalArgumentException(
          "provider: " + provider + " (expected: the name of an upstream)");
    }
  }
}
