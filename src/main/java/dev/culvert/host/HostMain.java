package dev.culvert.host;

import dev.culvert.host.connector.NoTakeOver;
import dev.culvert.host.connector.TakeOver;
import dev.culvert.host.grizzly.GrizzlyTakeOver;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.tls.TlsTasks;
import dev.culvert.host.undertow.UndertowTakeOver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Starts the host. */
public final class HostMain {

  private static final long BOOT_SECONDS = 30;

  private HostMain() {}

  /**
   * Starts a host that nobody knows yet. Called by reflection, below a web application's stack
   * frames; so all work is done on a thread of the host's own.
   *
   * @param version of the WAR that brought the host
   * @param connector of the server: {@code grizzly}, {@code undertow} or {@code none}
   * @return makes it known; throws IllegalStateException when that cannot be
   * @throws IllegalStateException when the host cannot start
   */
  public static Runnable boot(String version, String connector) {
    Host host = onOwnThread(() -> host(version, connector));
    return () ->
        onOwnThread(
            () -> {
              host.publish();
              return host;
            });
  }

  private static Host host(String version, String connector) {
    int loops = Runtime.getRuntime().availableProcessors();
    TlsTasks tlsTasks = new TlsTasks();
    return new Host(version, connector, takeOver(connector, tlsTasks), tlsTasks, loops);
  }

  private static <T> T onOwnThread(Supplier<T> step) {
    CompletableFuture<T> done = new CompletableFuture<>();
    HostThreads.start(
        "culvert-boot",
        () -> {
          try {
            done.complete(step.get());
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    try {
      return done.get(BOOT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the host started", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the host did not start", e);
    }
  }

  /** Only the connector that the server has can be linked to. */
  private static TakeOver takeOver(String connector, TlsTasks tlsTasks) {
    return switch (connector) {
      case "grizzly" -> new GrizzlyTakeOver(tlsTasks);
      case "undertow" -> new UndertowTakeOver(tlsTasks);
      case "none" -> new NoTakeOver();
      default ->
          throw new IllegalArgumentException(
              "connector: " + connector + " (expected: grizzly, undertow or none)");
    };
  }
}
