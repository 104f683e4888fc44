package dev.culvert.route;

import dev.culvert.admin.Registration;
import dev.culvert.boundary.Sample;
import dev.culvert.http.ConnectionCounts;
import dev.culvert.http.Transport;
import dev.culvert.http.TransportBean;
import dev.culvert.http.TransportMXBean;
import dev.culvert.meter.LogRate;
import dev.culvert.thread.DaemonThreads;
import dev.culvert.thread.Ending;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The requests of a deployment in mode {@code http} that are under way. Any thread. */
final class HttpExchanges implements Executor {

  private static final Logger LOG = System.getLogger("dev.culvert.http");

  /** How long a deployment that ends waits for its exchanges to end by themselves. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long those that were cut off have for that. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private static final int THREADS = 8;
  private static final long IDLE_SECONDS = 5;

  private final Transport transport;
  private final Workers workers;
  private final LogRate logRate = new LogRate(System::nanoTime);
  private final Drain<HttpExchange> underWay = new Drain<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          DaemonThreads.named("culvert-http-worker"),
          new ThreadPoolExecutor.DiscardPolicy());

  /** The container's deployment threads'. */
  private Optional<Registration> bean = Optional.empty();

  private final Ending end;

  HttpExchanges(Transport transport, Workers workers) {
    this.transport = transport;
    this.workers = workers;
    this.end =
        new Ending()
            .step("requests under way", this::drain)
            .step("transport's bean", () -> bean.ifPresent(Registration::close))
            .step("transport", transport::close)
            .step("requests' threads", this::endWorkers);
    threads.allowCoreThreadTimeOut(true);
  }

  /** Shows the transport to operators. */
  void begin(String application) {
    bean =
        Optional.of(
            new Registration(
                TransportMXBean.class,
                new TransportBean(transport),
                TransportBean.name(application)));
  }

  Transport transport() {
    return transport;
  }

  /** Which requests without an answer are logged. */
  LogRate logRate() {
    return logRate;
  }

  /** Connections by state. */
  List<Sample> samples() {
    int leased = 0;
    int idle = 0;
    for (ConnectionCounts host : transport.connections().values()) {
      leased += host.leased();
      idle += host.idle();
    }
    return List.of(sample("leased", leased), sample("idle", idle));
  }

  private static Sample sample(String state, int count) {
    return new Sample(
        "culvert_transport_connections",
        Sample.GAUGE,
        Map.of("state", state),
        count,
        List.of(),
        List.of());
  }

  /** For what has to wait for the server's threads, briefly. */
  @Override
  public void execute(Runnable task) {
    workers.insist(threads, task);
  }

  /** Takes an exchange in, unless the deployment ends; it is to be taken out at its end. */
  boolean enter(HttpExchange exchange) {
    return underWay.enter(exchange);
  }

  void leave(HttpExchange exchange) {
    underWay.leave(exchange);
  }

  /** Takes no more in, waits for those under way, cuts off what is left, and closes all. */
  void close() {
    end.run();
  }

  private void drain() {
    underWay.end();
    if (!underWay.awaitIdle(PATIENCE)) {
      LOG.log(
          Level.INFO,
          "CULVERT-W002 requests are cut off by the undeployment: {0}",
          Integer.toString(underWay.sum(exchange -> 1)));
      underWay.forEach(each -> execute(() -> each.cutOff("the deployment has ended")));
      if (!underWay.awaitIdle(LAST_WORDS)) {
        underWay.forEach(each -> execute(each::abandon)); // the server would keep them, and us
      }
    }
  }

  private void endWorkers() {
    threads.shutdown();
    try {
      boolean unused = threads.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.shutdownNow();
  }
}
