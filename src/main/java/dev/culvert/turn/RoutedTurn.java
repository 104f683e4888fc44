package dev.culvert.turn;

import dev.culvert.config.HedgeRules;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Attempts;
import dev.culvert.provider.Choice;
import dev.culvert.provider.Credential;
import dev.culvert.provider.Failure;
import dev.culvert.provider.Hedge;
import dev.culvert.provider.ProviderEvents;
import dev.culvert.provider.Timer;
import dev.culvert.provider.Verdict;
import dev.culvert.thread.Threads;
import dev.culvert.turn.LegFailures.LastWord;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One turn, wherever it is answered: brought to an upstream that is free, to another one when that
 * fails before the client was shown anything, and to another one besides when it is silent for too
 * long.
 *
 * <p>Each try is a {@link Turn} of its own at one upstream, whose client is a {@link Leg} here. The
 * first leg that has something to show is the one that the client hears of; all others end. A leg
 * whose first word is a failure shows nothing, and has failed like one that was refused.
 */
public final class RoutedTurn implements Turn {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  private static final int SERVER_ERROR = 500;
  private static final int SERVICE_UNAVAILABLE = 503;

  private static final LastWord NO_LEG =
      LastWord.own(TurnEnd.Refused.of(SERVER_ERROR, "server_error", "no upstream has answered"));

  private final Attempts attempts;
  private final UpstreamTurns upstreams;
  private final TurnRequest request;
  private final TurnReport client;
  private final Timer timer;
  private final Hedge<Leg> race;
  private final LegFailures failures = new LegFailures();

  /** Set once, before anything can happen. */
  private Executor executor;

  // Guarded by this; nothing is told to others under the lock.
  private Optional<Leg> winner = Optional.empty();
  private Runnable disarm = () -> {};
  private boolean ended;

  /**
   * A turn that has not begun.
   *
   * @param attempts of this turn only; closed at its end
   * @param upstreams makes what is tried
   * @param hedge when another upstream is tried besides
   * @param timer whose tasks may block
   */
  public RoutedTurn(
      Attempts attempts,
      UpstreamTurns upstreams,
      TurnRequest request,
      HedgeRules hedge,
      TurnReport client,
      Timer timer,
      ProviderEvents events) {
    this.attempts = attempts;
    this.upstreams = upstreams;
    this.request = request;
    this.client = client;
    this.timer = timer;
    this.race =
        new Hedge<>(request.continues() ? HedgeRules.NONE : hedge, timer, new Legs(), events);
  }

  @Override
  public void start(Executor others) {
    executor = others;
    launch();
  }

  @Override
  public void abort() {
    stop(Turn::abort, new TurnEnd.Aborted());
  }

  @Override
  public void cutOff(String detail) {
    stop(
        turn -> turn.cutOff(detail),
        TurnEnd.Refused.of(SERVICE_UNAVAILABLE, TurnEnd.DISCONNECTED, detail));
  }

  /** The leg that the client hears of tells it; where there is none, nobody else would. */
  private void stop(Consumer<Turn> how, TurnEnd otherwise) {
    Optional<Leg> speaking;
    boolean mine;
    synchronized (this) {
      speaking = winner;
      mine = speaking.isEmpty() && !ended;
      ended |= mine;
    }
    speaking.ifPresent(leg -> leg.stop(how));
    if (mine) {
      tell(otherwise);
    }
  }

  private void launch() {
    then(attempts.next(), this::chosen);
  }

  /**
   * A choice that comes later comes from a thread that waits for the store of leases. What it holds
   * is given back by nobody else: the step is taken wherever it can be.
   */
  private void then(CompletionStage<Choice> choice, BiConsumer<Choice, Throwable> step) {
    boolean here = choice.toCompletableFuture().isDone();
    CompletionStage<Choice> unused =
        choice.whenComplete(
            (chosen, fault) -> {
              Mailbox.Rest rest = () -> step.accept(chosen, fault);
              if (here) {
                rest.run();
              } else {
                Threads.executeOrRun(executor, rest);
              }
            });
  }

  private void chosen(Choice choice, Throwable fault) {
    if (choice instanceof Attempt attempt) {
      race.launch(new Leg(attempt));
    } else if (choice instanceof Choice.None none) {
      // What an upstream said is more telling than that there is no other one.
      end(failures.lastWord().orElseGet(() -> LastWord.nobody(none)));
    } else {
      end(LastWord.own(TurnEnd.Refused.of(SERVER_ERROR, "server_error", "choice: " + fault)));
    }
  }

  /** What follows when all legs have failed, as the failure of the last one says. */
  private void goOn() {
    Verdict verdict = failures.takeVerdict();
    if (verdict instanceof Verdict.Switch) {
      launch();
    } else if (verdict instanceof Verdict.Retry retry && retry.delay().isZero()) {
      launch();
    } else if (verdict instanceof Verdict.Retry retry) {
      launchAfter(retry.delay());
    } else {
      end(failures.lastWord().orElse(NO_LEG));
    }
  }

  private void launchAfter(Duration delay) {
    try {
      synchronized (this) {
        if (!ended) {
          disarm = timer.after(delay, this::launch);
        }
      }
    } catch (RuntimeException | Error e) { // as where no thread is to be had
      LOG.log(Level.DEBUG, "a turn is not tried again", e);
      end(failures.lastWord().orElse(NO_LEG));
    }
  }

  private void end(LastWord word) {
    if (!claimEnd()) {
      return;
    }
    settle();
    word.upstream().ifPresent(client::at);
    try {
      if (!word.events().isEmpty()) {
        client.events(word.events());
      }
    } finally {
      client.ended(word.end());
    }
  }

  private void end(TurnEnd how) {
    if (claimEnd()) {
      tell(how);
    }
  }

  private synchronized boolean claimEnd() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  /** By whoever has ended the turn. */
  private void tell(TurnEnd how) {
    settle();
    client.ended(how);
  }

  private void settle() {
    Runnable pending;
    synchronized (this) {
      pending = disarm;
    }
    pending.run();
    race.abort();
    attempts.close();
  }

  /** The race's hands. */
  private final class Legs implements Hedge.Launcher<Leg> {

    @Override
    public CompletionStage<Optional<Leg>> prepare() {
      CompletableFuture<Optional<Leg>> prepared = new CompletableFuture<>();
      then(attempts.another(), (choice, fault) -> prepared.complete(leg(choice)));
      return prepared;
    }

    private Optional<Leg> leg(Choice choice) {
      return choice instanceof Attempt attempt ? Optional.of(new Leg(attempt)) : Optional.empty();
    }

    @Override
    public void send(Leg leg) {
      leg.begin();
    }

    @Override
    public void cancel(Leg leg) {
      leg.stop(Turn::abort);
    }

    @Override
    public void exhausted() {
      goOn();
    }
  }

  /** The try at one upstream: its client. Calls come one at a time. */
  private final class Leg implements TurnClient {

    private final Attempt attempt;

    // Guarded by the turn.
    private Optional<Turn> turn = Optional.empty();
    private Optional<Consumer<Turn>> stopped = Optional.empty();
    private boolean begun;

    // Calls come one at a time.

    /** Whether its last event tells of a failure. */
    private volatile boolean failed;

    /** That event, and metadata before it, where nothing was shown before. */
    private volatile List<Event> firstWord = List.of();

    Leg(Attempt attempt) {
      this.attempt = attempt;
    }

    void begin() {
      synchronized (RoutedTurn.this) {
        begun = true;
      }
      client.at(attempt.upstream().name());
      try {
        upstreams.at(attempt, this).ifPresent(this::begin);
      } catch (Throwable e) { // an Error too must not leave the client without an answer
        LOG.log(Level.ERROR, "CULVERT-T001 a turn failed", e);
        ended(TurnEnd.Refused.of(SERVER_ERROR, "server_error", "fault"));
      }
    }

    private void begin(Turn prepared) {
      Optional<Consumer<Turn>> how;
      synchronized (RoutedTurn.this) {
        turn = Optional.of(prepared);
        how = stopped;
      }
      how.ifPresent(end -> end.accept(prepared));
      prepared.start(executor);
    }

    /** Ends it in this way, now or as soon as it is there. */
    void stop(Consumer<Turn> how) {
      Optional<Turn> running;
      boolean unsent;
      synchronized (RoutedTurn.this) {
        stopped = stopped.or(() -> Optional.of(how));
        running = turn;
        unsent = !begun;
      }
      running.ifPresent(how);
      if (unsent) {
        attempt.close();
      }
    }

    @Override
    public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {
      client.dispatched(decision, upgradeHeaders);
    }

    @Override
    public void events(List<Event> events) {
      failed |= events.stream().anyMatch(Event::isFailure);
      if (failed && !decides()) {
        firstWord = events;
        return;
      }
      if (!race.content(this)) {
        return;
      }
      if (!speaks()) {
        stop(Turn::abort); // the turn was ended by something else meanwhile
        return;
      }
      if (!failed) {
        attempt.answered();
      }
      client.at(attempt.upstream().name());
      client.events(events);
    }

    /** Whether the turn goes on, and this leg is its voice. */
    private boolean speaks() {
      synchronized (RoutedTurn.this) {
        if (!ended) {
          winner = Optional.of(this);
        }
        return !ended;
      }
    }

    @Override
    public void ended(TurnEnd end) {
      boolean decides = decides();
      try (attempt) {
        settle(end, decides);
      }
      if (decides) {
        end(end);
      } else {
        race.failed(this);
      }
    }

    /** Whether what becomes of it becomes of the turn. */
    private boolean decides() {
      synchronized (RoutedTurn.this) {
        return winner.filter(leg -> leg == this).isPresent();
      }
    }

    private void settle(TurnEnd end, boolean decides) {
      if (end instanceof TurnEnd.Completed && failed) {
        // The upstream has failed this turn, for whatever reason: it shall not bind the session.
        Verdict verdict = attempts.after(attempt, Failure.of(Failure.Kind.CLIENT_ERROR));
        if (!decides) {
          failed(verdict, firstWord, end);
        }
      } else if (end instanceof TurnEnd.Completed) {
        attempt.succeeded();
      } else if (end instanceof TurnEnd.Broken) {
        attempt.failed(Failure.of(Failure.Kind.RESET));
      } else if (end instanceof TurnEnd.Refused refused) {
        refused(refused);
      } else if (decides) {
        attempt.failed(Failure.of(Failure.Kind.CLIENT_GONE));
      }
    }

    private void refused(TurnEnd.Refused refused) {
      Credential shown = upstreams.shownTo(attempt.upstream());
      Verdict verdict = attempts.after(attempt, Failures.of(refused, shown));
      boolean elsewhere =
          !request.continues() && Failures.mayGoElsewhere(refused, request.replayable());
      failed(elsewhere ? verdict : new Verdict.Return(), List.of(), refused);
    }

    private void failed(Verdict verdict, List<Event> events, TurnEnd end) {
      failures.add(verdict, new LastWord(Optional.of(attempt.upstream().name()), events, end));
    }
  }
}
