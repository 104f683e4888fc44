package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.Joined;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.endpoint.ServerResponse;
import dev.culvert.endpoint.UpgradedRequest;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Timer;
import dev.culvert.thread.ServerLoader;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The streams whose clients' connections stay with the server. They must end before the deployment
 * has ended: servers close no upgraded connection at an undeployment, and keep all classes of the
 * application for as long as there is one. Safe for use by any thread.
 */
final class PortableStreams {

  private static final Logger LOG = System.getLogger("dev.culvert");

  /** For close handshakes; then the connections are closed. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration CLOSING = Duration.ofSeconds(2);
  private static final long PAUSE_NANOS = 1_000_000;

  private final HostBoundary host;
  private final long deployment;
  private final Executor workers;
  private final Timer timer;
  private final Consumer<StreamSpec> neverBegun;
  private final Set<PortableStream> live = ConcurrentHashMap.newKeySet();

  /**
   * @param timer whose tasks run at the end of the deployment at the latest
   * @param neverBegun told of each stream for which the server never gave its connection
   */
  PortableStreams(
      HostBoundary host,
      long deployment,
      Executor workers,
      Timer timer,
      Consumer<StreamSpec> neverBegun) {
    this.host = host;
    this.deployment = deployment;
    this.workers = task -> workers.execute(() -> ServerLoader.run(task));
    this.timer = timer;
    this.neverBegun = neverBegun;
  }

  /**
   * Has the server upgrade the connection; the stream begins when it has. The response's status and
   * headers are set. When this fails, the upstream connection is closed, and the attempt is the
   * caller's; otherwise its lease is the stream's. When the server has not begun the upgrade in
   * time, both are given up.
   *
   * @throws IllegalStateException when the server does not upgrade connections
   */
  void open(
      HttpServletRequest request,
      HttpServletResponse response,
      long connection,
      StreamSpec spec,
      Attempt attempt,
      PortableTerms terms) {
    Upgrade upgrade = new Upgrade(connection, spec, attempt, terms);
    Runnable disarm = timer.after(terms.toBegin(), upgrade::expire);
    try {
      TunnelUpgradeHandler handler = request.upgrade(TunnelUpgradeHandler.class);
      Optional<UpgradedRequest> upgraded = UpgradedRequest.of(request);
      handler.prepare(
          client -> {
            disarm.run();
            return upgrade.begin(client, upgraded);
          });
      ServerResponse.commit(response); // Payara does not send the head by itself
    } catch (IOException | ServletException | RuntimeException | Error e) {
      disarm.run();
      if (upgrade.settle()) {
        host.abandon(connection);
      }
      throw new IllegalStateException("the server does not upgrade the connection: " + e, e);
    }
  }

  /** A connection that the server is to give; it does, fails to, or is too late. */
  private final class Upgrade {
    private final long connection;
    private final StreamSpec spec;
    private final Attempt attempt;
    private final PortableTerms terms;
    private final AtomicBoolean settled = new AtomicBoolean();

    Upgrade(long connection, StreamSpec spec, Attempt attempt, PortableTerms terms) {
      this.connection = connection;
      this.spec = spec;
      this.attempt = attempt;
      this.terms = terms;
    }

    /** Whether the caller decides what becomes of the upstream's connection. */
    boolean settle() {
      return settled.compareAndSet(false, true);
    }

    void expire() {
      if (settle()) {
        host.abandon(connection);
        attempt.close();
        neverBegun.accept(spec);
      }
    }

    PortableStream begin(WebConnection client, Optional<UpgradedRequest> request)
        throws IOException {
      PortableStream stream =
          new PortableStream(
              client,
              request,
              workers,
              new StallLimit(terms.stall(), timer, System::nanoTime),
              live::remove);
      if (!settle()) {
        stream.fail("too late");
        return stream;
      }
      live.add(stream);
      try (attempt) {
        Map<String, Object> joined =
            host.join(deployment, connection, Fields.of(spec), stream::signal);
        attempt.handOver();
        stream.begin(Fields.to(Joined.class, joined));
      } catch (IOException | RuntimeException | Error e) {
        stream.fail("not begun: " + e);
        throw e;
      }
      return stream;
    }
  }

  /** Waits for the streams, which the host has begun to close; then closes those that are left. */
  void awaitEnd() {
    if (await(PATIENCE, live::isEmpty)) {
      return;
    }
    LOG.log(
        Level.WARNING,
        "CULVERT-G011 connections are cut off by the undeployment: {0}",
        Integer.toString(live.size()));
    live.forEach(stream -> workers.execute(() -> stream.cutOff("undeployed")));
    await(CLOSING, live::isEmpty);
  }

  private static boolean await(Duration longest, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > longest.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return true;
  }
}
