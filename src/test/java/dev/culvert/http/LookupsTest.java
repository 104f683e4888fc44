package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.provider.TestTimer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names that are looked up for those who wait for them. */
@Timeout(60)
class LookupsTest {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch answers = new CountDownLatch(1);
  private final TestTimer timer = new TestTimer();
  private final Lookups lookups = new Lookups(new Names(this::all, timer::nanos, 100), timer);

  /** Whether the servers of {@code dead.test} answer only when they are let. */
  private volatile boolean dies = true;

  private InetAddress[] all(String host) throws UnknownHostException {
    asked.add(host);
    switch (host) {
      case "dead.test" -> {
        if (dies) {
          awaitAnswers();
        }
      }
      case "unknown.test" -> throw new UnknownHostException(host);
      case "broken.test" -> throw new LinkageError(host);
      default -> {}
    }
    return new InetAddress[] {InetAddress.getLoopbackAddress()};
  }

  private void awaitAnswers() {
    try {
      answers.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void close() {
    answers.countDown();
    lookups.close();
  }

  private static void awaitFound(CompletableFuture<Void> found) throws Exception {
    found.get(10, TimeUnit.SECONDS);
  }

  @Test
  void a_name_that_many_wait_for_is_looked_up_once_and_holds_up_no_other() throws Exception {
    List<CompletableFuture<Void>> waiting = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      waiting.add(lookups.find("dead.test", LIMIT));
    }

    awaitFound(lookups.find("up.test", LIMIT));
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    answers.countDown();
    for (CompletableFuture<Void> found : waiting) {
      awaitFound(found);
    }

    assertThat(asked).containsExactlyInAnyOrder("dead.test", "up.test");
    assertThat(timer.size()).isZero();
  }

  @Test
  void nobody_waits_for_longer_than_his_limit() {
    CompletableFuture<Void> early = lookups.find("dead.test", LIMIT);
    CompletableFuture<Void> late = lookups.find("dead.test", LIMIT.multipliedBy(2));

    timer.pass(LIMIT);

    assertThatThrownBy(() -> awaitFound(early)).hasCauseInstanceOf(ConnectTimeoutException.class);
    assertThat(late).isNotDone();
    answers.countDown();
    assertThat(late).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void who_has_waited_in_vain_goes_by_what_was_found_before() throws Exception {
    dies = false;
    awaitFound(lookups.find("dead.test", LIMIT));
    dies = true;
    timer.pass(Duration.ofMinutes(1));
    CompletableFuture<Void> found = lookups.find("dead.test", LIMIT);

    timer.pass(LIMIT.minusMillis(1));
    assertThat(found).isNotDone();
    timer.pass(Duration.ofMillis(1));

    awaitFound(found);
  }

  @Test
  void what_the_look_up_says_is_told_and_it_is_asked_again() {
    for (int i = 0; i < 2; i++) {
      CompletableFuture<Void> found = lookups.find("unknown.test", LIMIT);
      assertThatThrownBy(() -> awaitFound(found)).hasCauseInstanceOf(UnknownHostException.class);
    }

    assertThat(asked).hasSize(2);
  }

  @Test
  void an_error_is_told_too() {
    assertThatThrownBy(() -> awaitFound(lookups.find("broken.test", LIMIT)))
        .hasCauseInstanceOf(LinkageError.class);
  }

  @Test
  void the_end_of_the_transport_leaves_nobody_waiting() {
    CompletableFuture<Void> found = lookups.find("dead.test", LIMIT);

    lookups.close();

    assertThatThrownBy(() -> awaitFound(found)).isInstanceOf(CancellationException.class);
  }

  @Test
  void who_asks_after_the_end_is_told_so() {
    lookups.close();

    assertThat(lookups.find("late.test", Duration.ofMinutes(1))).isCompletedExceptionally();
    assertThat(lookups.find("late.test", Duration.ofMinutes(1))).isCompletedExceptionally();
  }
}
