package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.TransportRules;
import dev.culvert.handshake.Headers;
import dev.culvert.provider.TestTimer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.nio.AsyncConnectionEndpoint;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.function.Supplier;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.nio.AsyncPushConsumer;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.HandlerFactory;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorStatus;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Clients on their way out, none of which ends before it is cut off. */
class RetiredClientsTest {

  private static final Duration GRACE = RetiredClients.GRACE;
  private static final Duration PATIENCE = RetiredClients.PATIENCE;

  private final TestTimer clock = new TestTimer();
  private final IdleBudget budget = new IdleBudget(TransportRules.DEFAULTS);

  @AutoClose private final TransportRig rig = new TransportRig();

  /** What the clients were told, in order. */
  private final List<String> told = new ArrayList<>();

  private final RetiredClients retired = new RetiredClients(clock::nanos);

  private SharedClient client(String name) {
    return client(new Endless(name), new PoolingAsyncClientConnectionManager());
  }

  private SharedClient client(Endless client, PoolingAsyncClientConnectionManager pool) {
    return new SharedClient(client, new LimitedConnections(pool, budget), Optional.empty());
  }

  @Test
  void who_tends_them_waits_for_none_of_them() {
    retired.add(client("one"));
    retired.add(client("two"));
    clock.pass(GRACE.minusMillis(1));
    retired.tend();
    assertThat(told).isEmpty();

    clock.pass(Duration.ofMillis(1));
    long before = clock.nanos();
    retired.tend();
    assertThat(told).containsExactly("one: end", "two: end");
    clock.pass(PATIENCE.minusMillis(1));
    retired.tend();
    assertThat(told).hasSize(2);
    clock.pass(Duration.ofMillis(1));
    retired.tend();
    retired.tend();

    assertThat(told).containsExactly("one: end", "two: end", "one: cut off", "two: cut off");
    assertThat(clock.nanos() - before).isEqualTo(PATIENCE.toNanos());
    assertThat(retired.leaving()).isEmpty();
  }

  @Test
  void one_that_is_in_use_stays() throws Exception {
    PoolingAsyncClientConnectionManager pool = new PoolingAsyncClientConnectionManager();
    SharedClient used = client(new Endless("used"), pool);
    HttpRoute route = new HttpRoute(new HttpHost("http", "up.test", 80));
    AsyncConnectionEndpoint endpoint =
        pool.lease("exchange", route, null, Timeout.ofSeconds(10), null).get(10, TimeUnit.SECONDS);
    retired.add(used);

    clock.pass(GRACE.multipliedBy(2));
    retired.tend();
    assertThat(told).isEmpty();
    assertThat(retired.leaving()).containsExactly(used);
    pool.release(endpoint, null, TimeValue.ZERO_MILLISECONDS);
    retired.tend();

    assertThat(told).containsExactly("used: end");
  }

  @Test
  void all_that_are_left_share_one_patience() {
    retired.add(client("ending"));
    clock.pass(GRACE);
    retired.tend();
    retired.add(client("one"));
    retired.add(client("two"));
    told.clear();
    long before = clock.nanos();

    retired.close();

    assertThat(Duration.ofNanos(clock.nanos() - before)).isEqualTo(PATIENCE);
    assertThat(told.subList(0, 3)).contains("one: end", "two: end");
    assertThat(told.subList(told.size() - 3, told.size()))
        .containsExactlyInAnyOrder("ending: cut off", "one: cut off", "two: cut off");
    told.clear();
    retired.tend();
    assertThat(told).isEmpty();
  }

  @Test
  void so_do_the_clients_of_a_transport_whose_threads_are_held_up() throws Exception {
    Transport transport = TransportRig.transport();
    CountDownLatch busy = new CountDownLatch(3);
    CountDownLatch over = new CountDownLatch(1);
    for (String scope : List.of("one", "two", "three")) {
      Destination destination = new Destination(rig.address(), Optional.empty(), scope);
      new UpstreamCall(
              transport,
              destination,
              TransportRig.get("/hello"),
              Optional.empty(),
              TransportRig.LIMITS,
              new Holding(busy, over))
          .start();
    }
    assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
    long begun = System.nanoTime();

    transport.close();

    long took = System.nanoTime() - begun;
    over.countDown();
    assertThat(took).isLessThan(2 * RetiredClients.PATIENCE.toNanos());
  }

  @Test
  void one_that_comes_late_is_ended_at_once() {
    retired.close();

    retired.add(client("late"));

    assertThat(told).containsExactly("late: end", "late: waited for", "late: cut off");
  }

  @Test
  void one_that_fails_keeps_no_other_from_its_end() {
    Endless broken =
        new Endless("broken") {
          @Override
          public void initiateShutdown() {
            throw new NoClassDefFoundError("the class loader has been stopped");
          }
        };
    retired.add(client(broken, new PoolingAsyncClientConnectionManager()));
    retired.add(client("other"));
    clock.pass(GRACE);

    retired.tend();
    assertThat(told).containsExactly("other: end");
    retired.close();

    assertThat(told).contains("broken: cut off", "other: cut off");
  }

  /** Holds up the thread that brings the answer. */
  private record Holding(CountDownLatch busy, CountDownLatch over) implements Answer {

    @Override
    public void head(Head received) {
      busy.countDown();
      try {
        boolean unused = over.await(60, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void data(ByteBuffer bytes) {}

    @Override
    public void end(Headers trailers) {}

    @Override
    public void failed(Fault fault) {}
  }

  /** Its threads do not end by themselves. */
  private class Endless extends CloseableHttpAsyncClient {

    private final String name;

    Endless(String name) {
      this.name = name;
    }

    @Override
    public void initiateShutdown() {
      told.add(name + ": end");
    }

    @Override
    public void awaitShutdown(TimeValue limit) {
      told.add(name + ": waited for");
      clock.pass(limit.toDuration());
    }

    @Override
    public void close(CloseMode mode) {
      told.add(name + ": cut off");
    }

    @Override
    public void close() {
      throw new UnsupportedOperationException("waits");
    }

    @Override
    public void start() {}

    @Override
    public IOReactorStatus getStatus() {
      return IOReactorStatus.ACTIVE;
    }

    @Override
    protected <T> Future<T> doExecute(
        HttpHost target,
        AsyncRequestProducer request,
        AsyncResponseConsumer<T> response,
        HandlerFactory<AsyncPushConsumer> pushes,
        HttpContext context,
        FutureCallback<T> callback) {
      throw new UnsupportedOperationException("retired");
    }

    @Override
    @SuppressWarnings("deprecation") // the library has it implemented
    public void register(String host, String pattern, Supplier<AsyncPushConsumer> consumers) {
      throw new UnsupportedOperationException("retired");
    }
  }
}
