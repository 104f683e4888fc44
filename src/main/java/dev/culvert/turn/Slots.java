package dev.culvert.turn;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Where turns get their upstream slots. Safe for use by any thread; nothing here waits. */
public interface Slots {

  /** What a turn wants. */
  sealed interface Wish {
    /** The slot of its conversation, or one of its own where the pool cannot help. */
    record Conversation() implements Wish {}

    /** The slot of the socket that owns a response, and no other. */
    record Continuation(String responseId) implements Wish {}

    /** A socket of its own, because the one it was given had ended. */
    record Alone(String endedSocket) implements Wish {}
  }

  /** What came of it; each has the decision as it is logged. */
  sealed interface Outcome {
    /** The decision's label. */
    String decision();

    /** A slot. */
    record Granted(Slot slot) implements Outcome {
      @Override
      public String decision() {
        return slot.decision();
      }
    }

    /** The upstream answered the upgrade with this status. */
    record Rejected(String decision, int status, Map<String, List<String>> headers)
        implements Outcome {}

    /** No socket could be opened. */
    record Failed(String decision, String detail) implements Outcome {}

    /**
     * The host gives no slot, for a reason of its own: nobody was dialled.
     *
     * @param code of the error
     */
    record Withheld(String decision, String code, String detail) implements Outcome {}

    /**
     * The response has no socket that can take the turn; nothing was sent.
     *
     * @param busy whether it has one that is busy
     */
    record Denied(String decision, boolean busy) implements Outcome {}
  }

  /** A slot that has been asked for. */
  interface Pending {
    /** Completes once; exceptionally only when cancelled. */
    CompletableFuture<Outcome> outcome();

    /** Gives up; a slot that was just granted is discarded. */
    void cancel();
  }

  /** A slot, for one turn. */
  interface Slot {
    /** Why the turn has it. */
    String decision();

    /** Id of its socket. */
    String socket();

    /** Whether the socket was there before. */
    boolean reused();

    /** Headers of the upgrade, none on a reused socket. */
    Map<String, List<String>> upgradeHeaders();

    /** How long the upstream has from the request to its first event, above zero. */
    Duration responseStart();

    /** Sends the request; false when the socket had ended and nothing was written. */
    boolean send(String text);

    /** The turn is over; the response may be empty. */
    void release(String responseId);

    /** The turn was given up; the socket closes. */
    void discard();
  }

  /** What happens on a slot. Messages come one at a time; the loss may come at any time, once. */
  interface Events {
    /** A message arrived. */
    void text(String text);

    /** The socket has ended. */
    void lost(String detail);

    /** The socket has ended, because the upstream takes no message of this size; then no loss. */
    void tooLarge();
  }

  /** Asks for a slot. */
  Pending acquire(Wish wish, Events events);
}
