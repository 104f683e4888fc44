package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.config.HedgeRules;
import dev.culvert.provider.lease.StoreKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that are tried elsewhere as well: attempts at real providers, with a lease each. */
class HedgeTest implements Hedge.Launcher<Attempt> {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Rig rig = new Rig(stores(), "routes.r.retry.count", "0");
  private final Attempts attempts = rig.request("s");
  private final List<Attempt> sent = new ArrayList<>();
  private final List<Attempt> cancelled = new ArrayList<>();
  private int exhausted;
  private Runnable whilePreparing = () -> {};
  private Runnable whileSending = () -> {};
  private final Hedge<Attempt> hedge =
      new Hedge<>(new HedgeRules(PATIENCE, 2), rig.timer, this, rig);

  StoreKind stores() {
    return StoreKind.MEMORY;
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Override
  public CompletionStage<Optional<Attempt>> prepare() {
    whilePreparing.run();
    return attempts
        .next()
        .thenApply(
            choice -> choice instanceof Attempt attempt ? Optional.of(attempt) : Optional.empty());
  }

  @Override
  public void send(Attempt attempt) {
    sent.add(attempt);
    whileSending.run();
  }

  @Override
  public void cancel(Attempt attempt) {
    cancelled.add(attempt);
    attempt.close();
  }

  @Override
  public void exhausted() {
    exhausted++;
  }

  private Attempt begin() {
    Attempt primary = Rig.attempt(attempts);
    hedge.launch(primary);
    return primary;
  }

  private void win(Attempt attempt) {
    assertThat(hedge.content(attempt)).isTrue();
    attempt.succeeded();
    attempt.close();
  }

  private void fail(Attempt attempt) {
    attempts.after(attempt, Failure.of(Failure.Kind.RESET));
    attempt.close();
    hedge.failed(attempt);
  }

  private static List<String> names(List<Attempt> some) {
    return some.stream().map(attempt -> attempt.upstream().name()).toList();
  }

  private void assertNothingIsHeld() {
    assertThat(rig.timer.size()).isZero();
    rig.assertNothingIsHeld();
  }

  @Test
  void aPrimaryThatIsInTimeIsAlone() {
    Attempt primary = begin();
    rig.timer.pass(PATIENCE.minusNanos(1));
    win(primary);
    rig.timer.pass(PATIENCE);
    assertThat(names(sent)).containsExactly("a");
    assertThat(rig.told).containsExactly("a ok");
    assertNothingIsHeld();
  }

  /** Pings, comments and metadata are no content, so that the caller does not report them. */
  @Test
  void anAlternativeWinsAndKeepsTheSession() {
    rig.bindings.put("r\ns", "a");
    begin();
    rig.timer.pass(PATIENCE);
    assertThat(names(sent)).containsExactly("a", "b");
    assertThat(rig.leases.held()).hasSize(2);
    win(sent.get(1));
    assertThat(names(cancelled)).containsExactly("a");
    assertThat(hedge.content(sent.get(0))).as("the loser's content").isFalse();
    assertThat(rig.bindings).containsEntry("r\ns", "b");
    assertThat(rig.told).containsExactly("a cancelled", "hedged alternative", "b ok");
    assertNothingIsHeld();
  }

  @Test
  void aPrimaryThatIsLateMayWinYet() {
    Attempt primary = begin();
    rig.timer.pass(PATIENCE);
    win(primary);
    assertThat(names(cancelled)).containsExactly("b");
    assertThat(hedge.content(primary)).as("more of it").isTrue();
    assertThat(rig.told).contains("hedged primary");
    assertNothingIsHeld();
  }

  @Test
  void eachHasATimerOfItsOwnAndThereAreNoMoreThanAllowed() {
    begin();
    rig.timer.pass(PATIENCE);
    assertThat(sent).hasSize(2);
    rig.timer.pass(PATIENCE);
    assertThat(names(sent)).containsExactly("a", "b", "c");
    rig.timer.pass(PATIENCE.multipliedBy(10));
    assertThat(sent).hasSize(3);
    win(sent.get(2));
    assertThat(names(cancelled)).containsExactlyInAnyOrder("a", "b");
    assertNothingIsHeld();
  }

  @Test
  void oneAlternativeMayBeAllThatIsAllowed() {
    Hedge<Attempt> narrow = new Hedge<>(new HedgeRules(PATIENCE, 1), rig.timer, this, rig);
    narrow.launch(Rig.attempt(attempts));
    rig.timer.pass(PATIENCE.multipliedBy(10));
    assertThat(names(sent)).containsExactly("a", "b");
    narrow.abort();
    assertNothingIsHeld();
  }

  @Test
  void withoutAnAlternativeThePrimaryGoesOn() {
    rig.providers.disable("b");
    rig.providers.disable("c");
    Attempt primary = begin();
    rig.timer.pass(PATIENCE.multipliedBy(3));
    assertThat(names(sent)).containsExactly("a");
    win(primary);
    assertThat(rig.told).containsExactly("a ok");
    assertNothingIsHeld();
  }

  @Test
  void aFullProviderIsNoAlternative() {
    rig.configure("upstreams.b.max-sessions", "1");
    rig.providers.disable("a");
    Attempt other = Rig.attempt(rig.request());
    assertThat(other.upstream().name()).isEqualTo("b");
    rig.providers.enable("a");
    begin();
    rig.timer.pass(PATIENCE);
    assertThat(names(sent)).containsExactly("a", "c");
    win(sent.get(1));
    other.close();
    assertNothingIsHeld();
  }

  @Test
  void anAlternativeThatIsReadyAfterTheWinnerIsNotSent() {
    Attempt primary = begin();
    CompletableFuture<Void> gate = rig.leases.hold();
    rig.timer.pass(PATIENCE);
    win(primary);
    gate.complete(null);
    assertThat(names(sent)).containsExactly("a");
    assertThat(names(cancelled)).containsExactly("b");
    assertThat(rig.told).as("nobody else was asked").containsExactly("a ok", "b cancelled");
    assertNothingIsHeld();
  }

  @Test
  void aWinnerWhileAnotherOneIsBeingSentCancelsThatAfterIt() {
    Attempt primary = begin();
    whileSending =
        () -> {
          win(primary);
          assertThat(cancelled).as("while it is being sent").isEmpty();
        };
    rig.timer.pass(PATIENCE);
    assertThat(names(cancelled)).containsExactly("b");
    assertNothingIsHeld();
  }

  @Test
  void aClientThatIsGoneCancelsAll() {
    begin();
    rig.timer.pass(PATIENCE);
    hedge.abort();
    hedge.abort();
    assertThat(names(cancelled)).containsExactlyInAnyOrder("a", "b");
    assertThat(rig.told).endsWith("hedged aborted");
    assertThat(hedge.content(sent.get(0))).isFalse();
    assertNothingIsHeld();
  }

  @Test
  void aClientThatIsGoneWhileAnAlternativeIsPreparedCancelsThatToo() {
    begin();
    CompletableFuture<Void> gate = rig.leases.hold();
    rig.timer.pass(PATIENCE);
    hedge.abort();
    attempts.close();
    gate.complete(null);
    assertThat(names(sent)).containsExactly("a");
    assertThat(exhausted).isZero();
    assertNothingIsHeld();
  }

  @Test
  void whileOneIsRunningAFailureOfAnotherIsNone() {
    Attempt primary = begin();
    rig.timer.pass(PATIENCE);
    fail(primary);
    assertThat(exhausted).isZero();
    win(sent.get(1));
    assertThat(cancelled).isEmpty();
    assertNothingIsHeld();
  }

  @Test
  void whenAllHaveFailedTheCallerGoesOn() {
    fail(begin());
    assertThat(exhausted).isEqualTo(1);
    Attempt next = begin();
    rig.timer.pass(PATIENCE);
    assertThat(names(sent)).as("its timer is its own").containsExactly("a", "b", "c");
    fail(next);
    assertThat(exhausted).isEqualTo(1);
    fail(sent.get(2));
    assertThat(exhausted).isEqualTo(2);
    hedge.abort();
    assertThat(rig.told).endsWith("hedged failed");
    assertNothingIsHeld();
  }

  @Test
  void aPreparationThatComesToNothingMayBeTheLastHope() {
    Attempt primary = begin();
    rig.leases.failClosed();
    CompletableFuture<Void> gate = rig.leases.hold();
    rig.timer.pass(PATIENCE);
    fail(primary);
    assertThat(exhausted).isZero();
    gate.complete(null);
    assertThat(exhausted).isEqualTo(1);
    assertNothingIsHeld();
  }

  @Test
  void aPreparationThatThrowsComesToNothing() {
    Attempt primary = begin();
    whilePreparing =
        () -> {
          throw new LinkageError("no");
        };
    rig.timer.pass(PATIENCE);
    assertThat(names(sent)).containsExactly("a");
    fail(primary);
    assertThat(exhausted).as("nobody else is on the way").isEqualTo(1);
    assertNothingIsHeld();
  }

  @Test
  void anAlternativeThatCannotBeSentGivesBackWhatItHolds() {
    Attempt primary = begin();
    whileSending =
        () -> {
          throw new LinkageError("no");
        };
    rig.timer.pass(PATIENCE);
    assertThat(names(cancelled)).containsExactly("b");
    assertThat(rig.leases.held()).containsExactly(primary.lease());
    win(primary);
    assertNothingIsHeld();
  }

  @Test
  void aPrimaryThatCannotBeSentGivesBackWhatItHolds() {
    whileSending =
        () -> {
          throw new LinkageError("no");
        };
    assertThatThrownBy(this::begin).isInstanceOf(LinkageError.class);
    assertThat(names(cancelled)).containsExactly("a");
    assertThat(exhausted).isEqualTo(1);
    assertNothingIsHeld();
  }

  @Test
  void aRunnerWhoseSilenceCannotBeWatchedIsSentAllTheSame() {
    Timer none =
        (delay, task) -> {
          throw new OutOfMemoryError("no thread");
        };
    Hedge<Attempt> unwatched = new Hedge<>(new HedgeRules(PATIENCE, 2), none, this, rig);
    Attempt primary = Rig.attempt(attempts);
    unwatched.launch(primary);
    assertThat(sent).containsExactly(primary);
    assertThat(unwatched.content(primary)).isTrue();
    primary.close();
    assertNothingIsHeld();
  }

  @Test
  void withoutHedgingNobodyWaits() {
    Hedge<Attempt> single = new Hedge<>(HedgeRules.NONE, rig.timer, this, rig);
    Attempt primary = Rig.attempt(attempts);
    single.launch(primary);
    assertThat(rig.timer.size()).isZero();
    assertThat(single.content(primary)).isTrue();
    primary.close();
    assertNothingIsHeld();
  }
}
