package dev.culvert.provider.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.lease.Admission.Admitted;
import dev.culvert.provider.lease.Admission.Full;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store does. Two nodes share the store's counts. */
@Timeout(60)
public abstract class LeaseStoreContract {

  protected static final Duration TTL = Duration.ofMillis(1_200);

  /** Of this test alone. */
  protected abstract String provider();

  protected abstract LeaseStore here();

  protected abstract LeaseStore there();

  /** Has time go by, for the store; nobody sends a heartbeat meanwhile. */
  protected abstract void pass(Duration time);

  @Test
  void fiftySessionsAtOnceFindTwoPlaces() throws Exception {
    List<Admission> admissions = atOnce(50, i -> Lease.of(provider(), "session-" + i), 2);

    assertThat(admissions).filteredOn(Admitted.class::isInstance).hasSize(2);
    assertThat(admissions).filteredOn(Full.class::isInstance).hasSize(48);
    assertSessions(2);
  }

  @Test
  void aSessionThatIsKnownIsAdmittedAtTheLimitAndCountsOnce() throws Exception {
    acquire(here(), "known", 1);

    List<Admission> admissions = atOnce(20, i -> Lease.of(provider(), "known"), 1);

    assertThat(admissions).allMatch(Admitted.class::isInstance);
    assertThat(ask(there(), Lease.of(provider(), "other"), 1)).isInstanceOf(Full.class);
    assertSessions(1);
  }

  @Test
  void nothingStaysOfManyRequestsWhateverBecameOfThem() {
    for (int i = 0; i < 30; i++) {
      LeaseStore store = i % 2 == 0 ? here() : there();
      store.release(acquire(store, "session-" + i % 3, 3));
    }
    assertSessions(0);
  }

  @Test
  void aSessionLeavesWithItsLastLease() {
    Lease first = acquire(here(), "session", 1);
    Lease second = acquire(there(), "session", 1);

    here().release(first);
    beat(here());
    assertSessions(1);
    there().release(second);
    assertSessions(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void withoutALimitSessionsCountAllTheSame(int none) {
    for (int i = 0; i < 10; i++) {
      acquire(here(), "session-" + i, none);
    }
    assertSessions(10);
    assertThat(ask(there(), Lease.of(provider(), "eleventh"), 10)).isInstanceOf(Full.class);
  }

  @Test
  void aLeaseThatIsTakenTwiceIsOne() {
    Lease lease = acquire(here(), "session", 1);
    assertThat(ask(here(), lease, 1)).isEqualTo(new Admitted(lease, true));

    here().release(lease);
    assertSessions(0);
  }

  @Test
  void aSecondReleaseTakesNobodyElsesLease() {
    Lease lease = acquire(here(), "session", 1);
    here().release(lease);
    assertSessions(0);
    Lease newer = acquire(there(), "session", 1);

    here().release(lease);
    there().release(lease);
    beat(here());
    beat(there());
    assertSessions(1);
    there().release(newer);
    assertSessions(0);
  }

  @Test
  void aLeaseThatIsRenewedOutlivesItsTime() {
    acquire(here(), "session", 1);
    for (int i = 0; i < 5; i++) {
      pass(TTL.dividedBy(4));
      beat(here());
    }
    assertSessions(1);
    assertThat(ask(there(), Lease.of(provider(), "other"), 1)).isInstanceOf(Full.class);
  }

  @Test
  void leasesOfANodeThatDiedExpireAndThoseOfTheOtherStay() {
    acquire(here(), "of-the-dead", 2);
    acquire(there(), "of-the-living", 2);
    assertThat(ask(there(), Lease.of(provider(), "third"), 2)).isInstanceOf(Full.class);

    for (int i = 0; i < 5; i++) {
      pass(TTL.dividedBy(4));
      beat(there());
    }
    assertSessions(1);
    acquire(there(), "third", 2);
    assertSessions(2);
  }

  @Test
  void aReleaseAfterTheExpiryLeavesTheNewerLease() {
    Lease old = acquire(here(), "session", 1);
    pass(TTL);
    Lease newer = acquire(there(), "session", 1);

    here().release(old);
    beat(here());
    assertSessions(1);
    there().release(newer);
    assertSessions(0);
  }

  @Test
  void aHeartbeatAfterTheReleaseMakesNoGhost() {
    Lease lease = acquire(here(), "session", 1);
    here().release(lease);
    beat(here());
    beat(there());

    assertSessions(0);
  }

  @Test
  void aHeartbeatAfterTheExpiryBringsNothingBack() {
    acquire(here(), "session", 1);
    pass(TTL);
    beat(here());

    assertSessions(0);
  }

  @Test
  void aTerminatedSessionIsGoneAndStaysSo() {
    Lease one = acquire(here(), "session", 2);
    Lease two = acquire(there(), "session", 2);
    acquire(there(), "other", 2);

    assertThat(get(there().terminate(provider(), "session"))).isEqualTo(2);
    assertSessions(1);
    beat(here());
    here().release(one);
    there().release(two);
    beat(here());
    beat(there());
    assertSessions(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\nb", "{a}", "ä", "a\u0000"})
  void whatIsNoIdIsNeitherCountedNorAFault(String session) {
    Lease lease = new Lease(provider(), session, "token");

    assertThat(ask(here(), lease, 0)).isInstanceOf(Admission.Unavailable.class);
    here().release(lease);
    assertThat(get(here().terminate(provider(), session))).isZero();
    assertSessions(0);
  }

  @Test
  void idsHaveAtMostTwoHundredCharacters() {
    acquire(here(), "s".repeat(200), 0);
    assertThat(ask(here(), Lease.of(provider(), "s".repeat(201)), 0))
        .isInstanceOf(Admission.Unavailable.class);
    assertSessions(1);
  }

  /** Of both nodes in turn. */
  private List<Admission> atOnce(int count, IntFunction<Lease> lease, int limit) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      CyclicBarrier barrier = new CyclicBarrier(count);
      List<CompletableFuture<Admission>> asked =
          IntStream.range(0, count)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> {
                            await(barrier);
                            return ask(i % 2 == 0 ? here() : there(), lease.apply(i), limit);
                          },
                          threads))
              .toList();
      List<Admission> answers = new ArrayList<>();
      for (CompletableFuture<Admission> each : asked) {
        answers.add(each.get(20, TimeUnit.SECONDS));
      }
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A heartbeat; returns when the store is done with it and with all it was asked before. */
  protected abstract void beat(LeaseStore store);

  protected static Admission ask(LeaseStore store, Lease lease, int limit) {
    return get(store.acquire(lease, limit));
  }

  protected Lease acquire(LeaseStore store, String session, int limit) {
    Lease lease = Lease.of(provider(), session);
    assertThat(ask(store, lease, limit)).isEqualTo(new Admitted(lease, true));
    return lease;
  }

  /** Releases take their time where they go over the network. */
  protected void assertSessions(int expected) {
    Awaitility.await()
        .untilAsserted(
            () -> {
              assertThat(get(here().sessions(provider()))).isEqualTo(expected);
              assertThat(get(there().sessions(provider()))).isEqualTo(expected);
            });
  }

  protected static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
