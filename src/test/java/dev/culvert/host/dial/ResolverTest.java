package dev.culvert.host.dial;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names whose servers do not answer. */
class ResolverTest {

  private final CountDownLatch gate = new CountDownLatch(1);
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final Resolver resolver = new Resolver(this::addresses);

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

  /** Keeps all threads busy. */
  private void holdUp() {
    for (int i = 0; i < 4; i++) {
      ask("dead" + i + ":1");
    }
  }
}
