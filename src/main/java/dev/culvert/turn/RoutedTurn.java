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
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * One turn, wherever it is answered: brought to an upstream that is free, to another one when that
 * fails before the client was shown anything, and to another one besides when it is silent for too
 * long.
 *
 * <p>Each try is a {@link Turn} of its own at one upstream, whose client is a {@link Leg} here. The
 * first leg that has something to show is the one that the client hears of; all others end.
 */
public final class RoutedTurn implements Turn {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  private static final int SERVER_ERROR = 500;
  private static final int SERVICE_UNAVAILABLE = 503;

  private static final TurnEnd.Refused NO_LEG =
      TurnEnd.Refused.of(SERVER_ERROR, "server_error", "no upstream has answered");

  private final Attempts attempts;
  private final UpstreamTurns upstreams;
  private final TurnRequest request;
  private final TurnReport client;
  private final Timer timer;
  private final Hedge<Leg> race;

  /** Set once, before anything can happen. */
  private Executor executor;

  // Guarded by this; nothing is told to others under the lock.
  private Optional<Leg> winner = Optional.empty();
  private Optional<TurnEnd.Refused> lastRefusal = Optional.empty();
  private Optional<Verdict> next = Optional.empty();
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
    CompletableFuture<Choice> choice = attempts.next().toCompletableFuture();
    // One that comes later comes from a thread that waits for the store of leases.
    Executor on = choice.isDone() ? Runnable::run : executor;
    CompletableFuture<?> unused = choice.whenCompleteAsync(this::chosen, on);
  }

  private void chosen(Choice choice, Throwable fault) {
    if (choice instanceof Attempt attempt) {
      race.launch(new Leg(attempt));
    } else if (choice instanceof Choice.None none) {
      end(unavailable(none));
    } else {
      end(TurnEnd.Refused.of(SERVER_ERROR, "server_error", "choice: " + fault));
    }
  }

  /** What an upstream said is more telling than that there is no other one. */
  private synchronized TurnEnd.Refused unavailable(Choice.None none) {
    Map<String, List<String>> headers =
        none.retryAfter()
            .map(time -> Map.of("retry-after", List.of(Long.toString(time.toSeconds() + 1))))
            .orElse(Map.of());
    return lastRefusal.orElseGet(
        () -> new TurnEnd.Refused(SERVICE_UNAVAILABLE, "no_upstream", none.reason(), headers, ""));
  }

  /** What follows when all legs have failed, as the failure of the last one says. */
  private void goOn() {
    Verdict verdict;
    TurnEnd.Refused otherwise;
    synchronized (this) {
      verdict = next.orElse(new Verdict.Return());
      next = Optional.empty();
      otherwise = lastRefusal.orElse(NO_LEG);
    }
    if (verdict instanceof Verdict.Switch) {
      launch();
    } else if (verdict instanceof Verdict.Retry retry && retry.delay().isZero()) {
      launch();
    } else if (verdict instanceof Verdict.Retry retry) {
      launchAfter(retry.delay());
    } else {
      end(otherwise);
    }
  }

  private synchronized void launchAfter(Duration delay) {
    if (!ended) {
      disarm = timer.after(delay, this::launch);
    }
  }

  private void end(TurnEnd how) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    tell(how);
  }

  /** By whoever has ended the turn. */
  private void tell(TurnEnd how) {
    Runnable pending;
    synchronized (this) {
      pending = disarm;
    }
    pending.run();
    race.abort();
    attempts.close();
    client.ended(how);
  }

  /** The race's hands. */
  private final class Legs implements Hedge.Launcher<Leg> {

    @Override
    public CompletionStage<Optional<Leg>> prepare() {
      return attempts
          .another()
          .thenApply(
              choice ->
                  choice instanceof Attempt attempt
                      ? Optional.of(new Leg(attempt))
                      : Optional.empty());
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

    /** Whether its last event tells of a failure; calls come one at a time. */
    private volatile boolean failed;

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
      failed |= events.stream().anyMatch(Leg::tellsOfFailure);
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

    private static boolean tellsOfFailure(Event event) {
      return event.isTerminal() && !event.code().isEmpty();
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
      boolean decides;
      synchronized (RoutedTurn.this) {
        decides = winner.filter(leg -> leg == this).isPresent();
      }
      try (attempt) {
        settle(end, decides);
      }
      if (decides) {
        end(end);
      } else {
        race.failed(this);
      }
    }

    private void settle(TurnEnd end, boolean decides) {
      if (end instanceof TurnEnd.Completed && failed) {
        // The upstream has failed this turn, for whatever reason: it shall not bind the session.
        attempt.failed(Failure.of(Failure.Kind.CLIENT_ERROR));
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

    /** Its verdict counts if no other leg is left. */
    private void refused(TurnEnd.Refused refused) {
      Credential shown = upstreams.shownTo(attempt.upstream());
      Verdict verdict = attempts.after(attempt, Failures.of(refused, shown));
      boolean elsewhere =
          !request.continues() && Failures.mayGoElsewhere(refused, request.replayable());
      synchronized (RoutedTurn.this) {
        boolean decided = next.filter(former -> former instanceof Verdict.Return).isPresent();
        if (!decided) {
          lastRefusal = Optional.of(refused);
          next = Optional.of(elsewhere ? verdict : new Verdict.Return());
        }
      }
    }
  }
}
