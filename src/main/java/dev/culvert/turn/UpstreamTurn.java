package dev.culvert.turn;

import dev.culvert.config.Preset;
import dev.culvert.provider.Timer;
import dev.culvert.thread.Threads;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * One turn at one upstream, from the request to its end: dispatched once, and once again where that
 * is safe.
 *
 * <p>What happens to it comes from several threads and is taken one by one; {@link TurnClient} is
 * called on whichever thread that is. A client that is slow to take events holds up the thread that
 * reads the upstream, and so the upstream; it never holds up one that watches several sockets.
 */
public final class UpstreamTurn implements Turn {

  private static final int GATEWAY_TIMEOUT = 504;
  private static final int BAD_GATEWAY = 502;
  private static final int SERVICE_UNAVAILABLE = 503;
  private static final int FIRST_ERROR = 400;
  private static final int LAST_ERROR = 599;
  private static final int SERVER_ERROR = 500;
  private static final int TOO_LARGE = 413;

  private final Slots slots;
  private final EventReader reader;
  private final Preset preset;
  private final TurnRequest request;
  private final TurnClient client;
  private final Timer timer;
  private final Duration silence;
  private final Mailbox mailbox = new Mailbox(this::fault);

  /** Set once, before anything can happen. */
  private Executor others;

  // Below: tasks of the mailbox only.
  private final HeldEvents held = new HeldEvents();
  private Dispatch current;
  private boolean retried;
  private boolean committed;
  private boolean ended;

  /**
   * A turn that has not begun.
   *
   * @param silence between two events; zero = no limit
   */
  public UpstreamTurn(
      Slots slots,
      Preset preset,
      EventReader reader,
      TurnRequest request,
      TurnClient client,
      Timer timer,
      Duration silence) {
    this.slots = slots;
    this.preset = preset;
    this.reader = reader;
    this.request = request;
    this.client = client;
    this.timer = timer;
    this.silence = silence;
  }

  @Override
  public void start(Executor executor) {
    others = executor;
    mailbox.run(this::begin, executor);
  }

  private void begin() {
    if (ended) {
      return; // aborted before it began
    }
    if (request.isTooLarge()) {
      String detail = "request: longer than " + TurnRequest.MAX_BYTES + " bytes";
      end(TurnEnd.Refused.of(TOO_LARGE, TurnEnd.TOO_LARGE, detail));
    } else {
      dispatch(first());
    }
  }

  @Override
  public void abort() {
    mailbox.run(() -> stop(new TurnEnd.Aborted()));
  }

  @Override
  public void cutOff(String detail) {
    mailbox.run(() -> stop(broken(SERVICE_UNAVAILABLE, TurnEnd.DISCONNECTED, detail)));
  }

  /** A task failed, and what it was to bring about will not come. */
  private void fault() {
    stop(broken(SERVER_ERROR, "server_error", "fault"));
  }

  /** Ends it wherever it is, unless it has ended. */
  private void stop(TurnEnd how) {
    if (ended) {
      return;
    }
    try {
      if (current != null) {
        current.giveUp();
      }
    } finally {
      end(how);
    }
  }

  private Slots.Wish first() {
    return request.continues()
        ? new Slots.Wish.Continuation(request.previousResponse())
        : new Slots.Wish.Conversation();
  }

  private void dispatch(Slots.Wish wish) {
    held.takeAll();
    current = new Dispatch();
    current.begin(wish);
  }

  private void end(TurnEnd how) {
    ended = true;
    client.ended(how);
  }

  /** Tries once more where that is safe; else tells the client. */
  private void failed(Dispatch dispatch, boolean sentIsHarmless, TurnEnd otherwise) {
    boolean again =
        dispatch.reused() && !committed && !retried && !request.continues() && sentIsHarmless;
    if (again) {
      retried = true;
      dispatch(new Slots.Wish.Alone(dispatch.socket()));
    } else {
      end(otherwise);
    }
  }

  private TurnEnd broken(int status, String code, String detail) {
    return committed ? new TurnEnd.Broken(detail) : TurnEnd.Refused.of(status, code, detail);
  }

  private void take(Dispatch dispatch, Event event) {
    Optional<Integer> status = Optional.ofNullable(preset.statuses().get(event.code()));
    boolean early = event.isTerminal() && !committed;
    if (early && event.code().equals(preset.connectionLimit()) && renew(dispatch)) {
      return;
    }
    if (event.isTerminal()) {
      dispatch.over(event, preset.connectionLimit());
    }
    if (early && status.isPresent()) {
      String detail = "upstream: " + event.code();
      end(new TurnEnd.Refused(status.get(), event.code(), detail, Map.of(), event.text()));
      return;
    }
    pass(dispatch, event);
  }

  private void pass(Dispatch dispatch, Event event) {
    if (event.kind() == Event.Kind.METADATA && !committed) {
      hold(dispatch, event);
      return;
    }
    committed = true;
    held.add(event);
    client.events(held.takeAll());
    if (event.isTerminal()) {
      end(new TurnEnd.Completed(event.type()));
    }
  }

  private void hold(Dispatch dispatch, Event event) {
    held.add(event);
    if (held.isTooMuch()) {
      dispatch.giveUp();
      dispatch.ended("events: more than " + HeldEvents.MOST + " characters, none visible");
    }
  }

  /** The upstream did not look at the request, so that a new connection may be asked. */
  private boolean renew(Dispatch dispatch) {
    if (retried || request.continues()) {
      return false;
    }
    retried = true;
    dispatch.giveUp();
    dispatch(new Slots.Wish.Conversation());
    return true;
  }

  /** One attempt on one slot. Its fields belong to the turn's mailbox. */
  private final class Dispatch implements Slots.Events {

    private Slots.Pending pending;
    private Slots.Slot slot;
    private boolean sent;
    private boolean over;
    private String lost = "";
    private Runnable disarm = () -> {};

    /** Each ends those before it: one that was taken back may be on its way. */
    private int watches;

    void begin(Slots.Wish wish) {
      pending = slots.acquire(wish, this);
      CompletableFuture<Slots.Outcome> outcome = pending.outcome();
      boolean here = outcome.isDone();
      CompletableFuture<?> unused =
          outcome.whenComplete(
              (decision, fault) -> {
                if (here) {
                  decided(decision, fault);
                } else { // it may come from the thread that watches all dials
                  Threads.executeOrRun(others, () -> decided(decision, fault));
                }
              });
    }

    private void decided(Slots.Outcome outcome, Throwable fault) {
      mailbox.run(
          () -> {
            if (fault == null) {
              acquired(outcome);
            } else if (!over) {
              UpstreamTurn.this.fault();
            }
          });
    }

    private void acquired(Slots.Outcome outcome) {
      if (over) {
        return; // given up meanwhile, and the slot with it
      }
      if (outcome instanceof Slots.Outcome.Granted granted) {
        granted(granted.slot());
        return;
      }
      client.dispatched(outcome.decision(), Map.of());
      if (outcome instanceof Slots.Outcome.Rejected rejected) {
        String detail = "upgrade: " + rejected.status() + " (expected: 101)";
        end(
            new TurnEnd.Refused(
                status(rejected), TurnEnd.UPSTREAM_REFUSED, detail, rejected.headers(), ""));
      } else if (outcome instanceof Slots.Outcome.Denied denied) {
        end(
            denied.busy()
                ? TurnEnd.Refused.of(409, TurnEnd.IN_PROGRESS, denied.decision())
                : TurnEnd.Refused.of(400, TurnEnd.NOT_FOUND, denied.decision()));
      } else if (outcome instanceof Slots.Outcome.Failed failure) {
        end(TurnEnd.Refused.of(BAD_GATEWAY, TurnEnd.UNREACHABLE, failure.detail()));
      } else if (outcome instanceof Slots.Outcome.Withheld withheld) {
        end(TurnEnd.Refused.of(SERVICE_UNAVAILABLE, withheld.code(), withheld.detail()));
      }
    }

    /** An upgrade's status is the client's where it says that something failed. */
    private static int status(Slots.Outcome.Rejected rejected) {
      boolean error = rejected.status() >= FIRST_ERROR && rejected.status() <= LAST_ERROR;
      return error ? rejected.status() : BAD_GATEWAY;
    }

    /** The upstream is not kept waiting while the dispatch is reported. */
    private void granted(Slots.Slot taken) {
      slot = taken;
      sent = slot.send(request.text());
      client.dispatched(slot.decision(), slot.upgradeHeaders());
      if (!sent) {
        over = true;
        failed(
            this, true, broken(BAD_GATEWAY, TurnEnd.CLOSED_BEFORE, "before the request: " + lost));
        return;
      }
      Duration start = slot.responseStart();
      arm(start, TurnEnd.NO_START, "response-start-timeout: " + start + " passed");
    }

    @Override
    public void text(String text) {
      mailbox.runInTurn(() -> received(text));
    }

    private void received(String text) {
      if (over) {
        return;
      }
      disarm();
      Optional<Event> event = reader.read(text);
      if (event.isPresent()) {
        take(this, event.get());
      } else {
        giveUp();
        ended("event: no JSON object");
      }
      if (!over && !silence.isZero()) {
        awaitNext(); // now: a client that was slow to take it is not the upstream's fault
      }
    }

    /** Who has shown nothing yet may think for as long as before the first event. */
    private void awaitNext() {
      Duration start = slot.responseStart();
      Duration limit = committed || silence.compareTo(start) > 0 ? silence : start;
      arm(limit, TurnEnd.DISCONNECTED, "stream.idle-timeout: no event for " + limit);
    }

    @Override
    public void lost(String detail) {
      Threads.executeOrRun(others, () -> mailbox.run(() -> hasLost(detail)));
    }

    @Override
    public void tooLarge() {
      Threads.executeOrRun(others, () -> mailbox.run(this::wasTooLarge));
    }

    /** Wherever it is sent, it is too large. */
    private void wasTooLarge() {
      lost = "1009";
      if (sent && !over) {
        over = true;
        disarm();
        end(broken(TOO_LARGE, TurnEnd.TOO_LARGE, "upstream: closed with 1009 (message too big)"));
      }
    }

    private void hasLost(String detail) {
      lost = detail;
      if (sent && !over) {
        over = true;
        disarm();
        ended(detail);
      }
    }

    private void ended(String detail) {
      failed(this, request.replayable(), broken(BAD_GATEWAY, TurnEnd.DISCONNECTED, detail));
    }

    private void arm(Duration limit, String code, String detail) {
      int own = ++watches;
      disarm = timer.after(limit, () -> mailbox.run(() -> expired(own, code, detail)));
    }

    private void disarm() {
      watches++;
      disarm.run();
    }

    private void expired(int watch, String code, String detail) {
      if (!over && watch == watches) {
        giveUp();
        failed(this, request.replayable(), broken(GATEWAY_TIMEOUT, code, detail));
      }
    }

    /** The upstream has said its last word. */
    void over(Event terminal, String connectionLimit) {
      over = true;
      disarm();
      if (terminal.code().equals(connectionLimit)) {
        slot.discard();
      } else {
        slot.release(terminal.responseId());
      }
    }

    /** Ends the attempt; what is left of its answer would poison the next turn. */
    void giveUp() {
      if (over) {
        return;
      }
      over = true;
      disarm();
      if (slot == null) {
        pending.cancel();
      } else {
        slot.discard();
      }
    }

    boolean reused() {
      return slot.reused();
    }

    String socket() {
      return slot.socket();
    }
  }
}
