package dev.culvert.host.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.ScarceThreads;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names whose servers do not answer. */
class ResolverTest {

  private static final long FRESH = Duration.ofSeconds(10).toNanos();

  private final AtomicLong time = new AtomicLong(-5);
  private final Set<String> lost = ConcurrentHashMap.newKeySet();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final Resolver resolver = new Resolver(this::addresses, time::get);

  @AfterEach
  void end() {
    gate.countDown();
    resolver.close();
  }

  /** Those of dead names come when the gate is open. */
  private InetAddress[] addresses(String host) throws UnknownHostException {
    asked.add(host);
    if (host.startsWith("dead")) {
      try {
        assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new UnknownHostException(host);
    }
    if (lost.contains(host)) {
      throw new UnknownHostException(host);
    }
    if (host.startsWith("broken")) {
      throw new IllegalStateException("expected by the test");
    }
    return new InetAddress[] {InetAddress.getLoopbackAddress()};
  }

  private static final class Asking implements Resolver.Callback {
    private final CompletableFuture<String> outcome = new CompletableFuture<>();
    private volatile boolean wanted = true;

    @Override
    public void resolved(List<InetSocketAddress> addresses) {
      outcome.complete(addresses.toString());
    }

    @Override
    public void failed(String detail) {
      outcome.complete(detail);
    }

    @Override
    public boolean isWanted() {
      return wanted;
    }

    String outcome() throws Exception {
      return outcome.get(10, TimeUnit.SECONDS);
    }
  }

  private Asking ask(String authority) {
    Asking asking = new Asking();
    resolver.resolve(authority, asking);
    return asking;
  }

  @Test
  void aDeadNameHoldsUpNoOther() throws Exception {
    List<Asking> dead = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      dead.add(ask("dead:80"));
    }

    assertThat(ask("good:81").outcome()).isEqualTo("[localhost/127.0.0.1:81]");
    gate.countDown();
    for (Asking asking : dead) {
      assertThat(asking.outcome()).isEqualTo("dead: unknown host");
    }
    assertThat(asked).containsExactlyInAnyOrder("dead", "good");
  }

  @Test
  void thoseWhoAskForOneNameGetTheirOwnPorts() throws Exception {
    holdUp();
    Asking one = ask("good:1");
    Asking two = ask("good:2");
    gate.countDown();

    assertThat(one.outcome()).isEqualTo("[localhost/127.0.0.1:1]");
    assertThat(two.outcome()).isEqualTo("[localhost/127.0.0.1:2]");
    assertThat(asked).containsOnlyOnce("good");
    assertThat(ask("good:3").outcome()).isEqualTo("[localhost/127.0.0.1:3]");
  }

  @Test
  void whatNobodyWaitsForAnyMoreIsNotLookedUp() throws Exception {
    holdUp();
    Asking stopped = ask("late:1");
    Asking next = ask("good:1");
    stopped.wanted = false;
    gate.countDown();

    next.outcome();
    assertThat(asked).doesNotContain("late");
    stopped.wanted = true;
    assertThat(ask("late:2").outcome()).isEqualTo("[localhost/127.0.0.1:2]");
    assertThat(stopped.outcome).isNotDone();
  }

  @Test
  void aLookUpThatBreaksIsToldToo() throws Exception {
    assertThat(ask("broken:1").outcome())
        .isEqualTo("broken: java.lang.IllegalStateException: expected by the test");
  }

  @Test
  void whatWasFoundAMomentAgoIsNotLookedUpAgain() throws Exception {
    ask("good:1").outcome();
    time.addAndGet(FRESH - 1);
    assertThat(ask("good:2").outcome()).isEqualTo("[localhost/127.0.0.1:2]");
    assertThat(asked).containsExactly("good");

    time.addAndGet(1);
    ask("good:3").outcome();
    assertThat(asked).containsExactly("good", "good");
  }

  @Test
  void aNameThatCannotBeLookedUpAnyMoreGoesByWhatWasFound() throws Exception {
    ask("good:1").outcome();
    lost.add("good");
    time.addAndGet(FRESH);

    assertThat(ask("good:2").outcome()).isEqualTo("[localhost/127.0.0.1:2]");
    assertThat(asked).containsExactly("good", "good");
    time.addAndGet(FRESH - 1);
    assertThat(ask("good:3").outcome()).isEqualTo("[localhost/127.0.0.1:3]");
    assertThat(asked).containsExactly("good", "good");
  }

  /** Its servers do not answer, which takes long. */
  @Test
  void nobodyWaitsForANameThatCouldNotBeLookedUp() throws Exception {
    ask("good:1").outcome();
    lost.add("good");
    time.addAndGet(FRESH);
    ask("good:2").outcome();
    time.addAndGet(FRESH);
    holdUp();

    assertThat(ask("good:3").outcome()).isEqualTo("[localhost/127.0.0.1:3]");
    assertThat(ask("good:4").outcome()).isEqualTo("[localhost/127.0.0.1:4]");

    gate.countDown();
    await().untilAsserted(() -> assertThat(asked).filteredOn("good"::equals).hasSize(3));
  }

  @Test
  void aNameForWhichNoThreadIsToBeHadIsLookedUpTheNextTime() throws Exception {
    try (Resolver scarce = new Resolver(this::addresses, time::get, new ScarceThreads(() -> {}))) {
      Asking first = new Asking();
      scarce.resolve("good:1", first);
      assertThat(first.outcome()).startsWith("good: java.lang.OutOfMemoryError");

      Asking second = new Asking();
      scarce.resolve("good:2", second);
      assertThat(second.outcome()).isEqualTo("[localhost/127.0.0.1:2]");
    }
  }

  @Test
  void oneWhoFailsToTakeAnAnswerKeepsItFromNobodyElse() throws Exception {
    holdUp();
    resolver.resolve(
        "good:1",
        new Resolver.Callback() {
          @Override
          public void resolved(List<InetSocketAddress> addresses) {
            throw new IllegalStateException("expected by the test");
          }

          @Override
          public void failed(String detail) {
            throw new IllegalStateException("expected by the test");
          }

          @Override
          public boolean isWanted() {
            return true;
          }
        });
    Asking other = ask("good:2");
    gate.countDown();

    assertThat(other.outcome()).isEqualTo("[localhost/127.0.0.1:2]");
  }

  /** Keeps all threads busy. */
  private void holdUp() {
    for (int i = 0; i < Resolver.THREADS; i++) {
      ask("dead" + i + ":1");
    }
  }
}
