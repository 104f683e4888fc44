package dev.culvert.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients of routes {@code /web/*} in mode {@code http} and {@code /tunnel/*}, each of which asks
 * again and again, over a connection each time; now and then one goes away in the middle. Upstreams
 * are {@link UnsteadyUpstream}s.
 */
final class PlainLoad {

  /** What the outcome contains of an answer that none may have. */
  static final String WRONG = "wrong: ";

  /** Of each kind. */
  private static final int CLIENTS = 4;

  /** So few that the connections that have ended leave ports for others. */
  private static final long PAUSE_MILLIS = 25;

  private static final int GO_EVERY = 5;
  private static final int TEXTS = 1_000_000;

  private final Client client;
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2 * CLIENTS);
  private final List<ScheduledFuture<?>> tasks = new ArrayList<>();
  private final Map<String, LongAdder> outcomes = new ConcurrentHashMap<>();

  /** What a client does. */
  private interface Exchange {
    /** Returns how it ended. */
    String run(Random random) throws IOException;
  }

  private PlainLoad(Client client) {
    this.client = client;
  }

  /** Starts clients, each of which does nothing but ask and wait. */
  static PlainLoad start(Client client, long seed) {
    PlainLoad load = new PlainLoad(client);
    for (int i = 0; i < CLIENTS; i++) {
      load.repeat("web ", load::ask, new Random(seed + i));
      load.repeat("tunnel ", load::tunnel, new Random(seed - i));
    }
    return load;
  }

  private void repeat(String kind, Exchange exchange, Random random) {
    tasks.add(
        clock.scheduleWithFixedDelay(
            () -> count(kind + run(exchange, random)), 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS));
  }

  private static String run(Exchange exchange, Random random) {
    try {
      return exchange.run(random);
    } catch (EOFException | SocketException end) {
      return "broken";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void count(String outcome) {
    outcomes.computeIfAbsent(outcome, key -> new LongAdder()).increment();
  }

  /**
   * Asks for nothing more and waits for the answers.
   *
   * @return how many exchanges ended in which way
   */
  Map<String, Long> stop(Duration limit) throws Exception {
    clock.shutdown();
    assertThat(clock.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS))
        .as("every client has its answer")
        .isTrue();
    for (ScheduledFuture<?> task : tasks) {
      if (!task.isCancelled()) {
        task.get(); // it has failed
      }
    }
    Map<String, Long> sums = new TreeMap<>();
    outcomes.forEach((outcome, count) -> sums.put(outcome, count.sum()));
    return sums;
  }

  private String ask(Random random) throws IOException {
    String path = "/web/" + random.nextInt(TEXTS);
    boolean goes = random.nextInt(GO_EVERY) == 0;
    String asked = client.contextPath() + path + (goes ? UnsteadyUpstream.ENDLESS : "");
    try (Wire wire = client.connect()) {
      wire.send("GET " + asked + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
      ResponseHead head = wire.readResponse();
      if (head.status() != 200) {
        return "status " + head.status();
      } else if (goes) {
        wire.reset();
        return "gone";
      }
      return checked(path, wire.readBody(head));
    }
  }

  private String tunnel(Random random) throws IOException {
    String text = "text " + random.nextInt(TEXTS);
    boolean goes = random.nextInt(GO_EVERY) == 0;
    try (Wire wire = client.ask("/tunnel/", Config.RAW)) {
      ResponseHead head = wire.readResponse();
      if (head.status() != 101) {
        return "status " + head.status();
      }
      String echo = wire.send(text).readText(text.length());
      if (goes) {
        wire.reset();
        return "gone";
      }
      wire.endOutput();
      return checked(text, echo + new String(wire.readToEnd(), ISO_8859_1));
    }
  }

  private static String checked(String expected, String actual) {
    return actual.equals(expected) ? "completed" : WRONG + actual + " for " + expected;
  }
}
