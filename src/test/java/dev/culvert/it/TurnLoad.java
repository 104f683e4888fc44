package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients that ask one turn after the other, several of them in each conversation, some of them
 * streaming; now and then one goes away in the middle of its answer. Nothing of it blocks, so that
 * thousands need no thread each.
 */
final class TurnLoad {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int GO_EVERY = 10;

  private static final String UNAVAILABLE = "status 503";

  /**
   * A busy client is late to see that a server has closed an idle connection, and the JDK's makes a
   * fault of that.
   */
  private static final String CLOSE = "close";

  /** Less than an answer has. */
  private static final int MOST_EVENTS = 4;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI uri;
  private final int conversations;
  private final CountDownLatch clients;
  private final CountDownLatch wrong = new CountDownLatch(1);
  private final Map<String, LongAdder> outcomes = new ConcurrentHashMap<>();

  private volatile boolean stopped;

  private TurnLoad(URI uri, int clients, int conversations) {
    this.uri = uri;
    this.conversations = conversations;
    this.clients = new CountDownLatch(clients);
  }

  /** Starts clients, each of which always has a turn under way. */
  static TurnLoad start(URI uri, int clients, int conversations, long seed) {
    TurnLoad load = new TurnLoad(uri, clients, conversations);
    for (int i = 0; i < clients; i++) {
      load.next(i, new Random(seed + i));
    }
    return load;
  }

  /** Goes on for that long, or until something is wrong; tells whether nothing is. */
  boolean run(Duration time) throws InterruptedException {
    return !wrong.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Asks for nothing more; tells whether every client had its answer in time. */
  boolean stop(Duration limit) throws InterruptedException {
    stopped = true;
    return clients.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** How many turns ended in which way. */
  Map<String, Long> outcomes() {
    Map<String, Long> sums = new TreeMap<>();
    outcomes.forEach((outcome, count) -> sums.put(outcome, count.sum()));
    return sums;
  }

  private void next(int client, Random random) {
    if (stopped) {
      clients.countDown();
      return;
    }
    String conversation = "c" + client % conversations;
    boolean goes = random.nextInt(GO_EVERY) == 0;
    int events = goes ? 1 + random.nextInt(MOST_EVENTS) : Integer.MAX_VALUE;
    String id = "soak-" + client + "-" + random.nextInt();
    CheckedAnswer answer = new CheckedAnswer(id, conversation, events);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(LIMIT)
            .header("Content-Type", "application/json")
            .header("X-Request-Id", id)
            .header("Connection", CLOSE)
            .POST(
                BodyPublishers.ofString(
                    TurnPeer.body(conversation, "hello")
                        .add("stream", random.nextInt(4) > 0)
                        .build()
                        .toString(),
                    UTF_8))
            .build();
    CompletableFuture<?> exchange =
        http.sendAsync(
            request,
            head -> {
              answer.head(head);
              return BodyHandlers.fromLineSubscriber(answer).apply(head);
            });
    CompletableFuture<?> unusedReport =
        exchange.whenComplete(
            (response, fault) -> {
              if (fault != null) {
                answer.onError(fault);
              }
            });
    CompletableFuture<?> unusedNext =
        answer
            .outcome()
            .thenAcceptAsync(
                outcome -> {
                  count(outcome);
                  pause(outcome).execute(() -> next(client, random));
                });
  }

  /** Clients that come again at once when nobody is there keep those away who are served. */
  private static Executor pause(String outcome) {
    return outcome.equals(UNAVAILABLE)
        ? CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)
        : Runnable::run;
  }

  private void count(String outcome) {
    outcomes.computeIfAbsent(outcome, key -> new LongAdder()).increment();
    if (outcome.startsWith(CheckedAnswer.WRONG)) {
      wrong.countDown();
    }
  }
}
