package dev.culvert.turn;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.PoolBoundary;
import dev.culvert.boundary.SlotResult;
import dev.culvert.boundary.SlotSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The slots of one turn, from the host.
 *
 * @param template of what is asked for; wish and argument are filled in
 */
public record HostSlots(PoolBoundary host, long deployment, SlotSpec template) implements Slots {

  @Override
  public Pending acquire(Wish wish, Events events) {
    CompletableFuture<SlotResult> answer = new CompletableFuture<>();
    long id;
    try {
      id = ask(wish, events, answer);
    } catch (RuntimeException e) {
      return new Refused(
          new Outcome.Withheld("refused(fault)", TurnEnd.SHUTTING_DOWN, "slot: " + e.getMessage()));
    }
    return new Asked(host, id, answer.thenApply(result -> outcome(id, result)));
  }

  private long ask(Wish wish, Events events, CompletableFuture<SlotResult> answer) {
    return host.acquire(
        deployment,
        Fields.of(asked(wish)),
        (event, value) -> {
          switch (event) {
            case "outcome" -> answer.complete(result(value));
            case "text" -> events.text((String) value);
            case "lost" -> events.lost((String) value);
            case "too-large" -> events.tooLarge();
            default -> {} // of a newer host
          }
        });
  }

  @SuppressWarnings("unchecked") // the boundary says so
  private static SlotResult result(Object fields) {
    return Fields.to(SlotResult.class, (Map<String, Object>) fields);
  }

  private SlotSpec asked(Wish wish) {
    if (wish instanceof Wish.Continuation continuation) {
      return asked(SlotSpec.CONTINUATION, continuation.responseId());
    } else if (wish instanceof Wish.Alone alone) {
      return asked(SlotSpec.ALONE, alone.endedSocket());
    }
    return asked(SlotSpec.CONVERSATION, "");
  }

  private SlotSpec asked(String wish, String argument) {
    return new SlotSpec(
        wish,
        argument,
        template.principal(),
        template.account(),
        template.conversation(),
        template.lane(),
        template.variant(),
        template.upgrade(),
        template.url(),
        template.headers(),
        template.tls(),
        template.proxy());
  }

  private Outcome outcome(long id, SlotResult result) {
    return switch (result.outcome()) {
      case SlotResult.GRANTED -> new Outcome.Granted(new HeldSlot(host, id, result));
      case SlotResult.REJECTED ->
          new Outcome.Rejected(result.decision(), result.status(), result.headers());
      case SlotResult.DENIED -> new Outcome.Denied(result.decision(), result.busy());
      case SlotResult.BACKLOGGED ->
          new Outcome.Withheld(result.decision(), TurnEnd.NO_UPSTREAM, result.detail());
      default -> new Outcome.Failed(result.decision(), result.detail());
    };
  }

  /** The host takes no slots of an ended deployment. */
  private record Refused(Outcome failure) implements Pending {
    @Override
    public CompletableFuture<Outcome> outcome() {
      return CompletableFuture.completedFuture(failure);
    }

    @Override
    public void cancel() {
      // nothing was asked for
    }
  }

  private record Asked(PoolBoundary host, long id, CompletableFuture<Outcome> outcome)
      implements Pending {
    @Override
    public void cancel() {
      host.discard(id);
    }
  }

  private record HeldSlot(PoolBoundary host, long id, SlotResult result) implements Slot {
    @Override
    public String decision() {
      return result.decision();
    }

    @Override
    public String socket() {
      return result.socket();
    }

    @Override
    public boolean reused() {
      return result.reused();
    }

    @Override
    public Map<String, List<String>> upgradeHeaders() {
      return result.headers();
    }

    @Override
    public Duration responseStart() {
      return Duration.ofMillis(result.responseStartMillis());
    }

    @Override
    public boolean send(String text) {
      return host.send(id, text);
    }

    @Override
    public void release(String responseId) {
      host.release(id, responseId);
    }

    @Override
    public void discard() {
      host.discard(id);
    }
  }
}
