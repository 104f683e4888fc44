package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Preset;
import dev.culvert.provider.Credential;
import dev.culvert.provider.Failure;
import dev.culvert.testkit.NoThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** A fault of ours ends the turn, and its client is told. */
class TurnFaultTest {

  private static final EventReader READER = new EventReader(Preset.OPENAI_RESPONSES);
  private static final String DELTA = "{\"type\":\"response.output_text.delta\",\"delta\":\"a\"}";
  private static final TurnEnd REFUSED = TurnEnd.Refused.of(500, "server_error", "fault");

  private final List<Runnable> timers = new ArrayList<>();
  private final FaultySlots slots = new FaultySlots();
  private final RecordedClient client = new RecordedClient();

  @Test
  void whenNoSlotCanBeAskedFor() throws Exception {
    slots.faulty = "acquire";

    begin(client);

    assertThat(client.end()).isEqualTo(REFUSED);
  }

  @Test
  void whenTheSlotIsNeverDecided() throws Exception {
    slots.outcome = new CompletableFuture<>();
    begin(client);

    slots.outcome.completeExceptionally(new IllegalStateException("the host failed"));

    assertThat(client.end()).isEqualTo(REFUSED);
  }

  /** It is nobody's fault outside: no circuit counts it, and no other upstream is asked. */
  @Test
  void whenTheHostGivesNoSlots() throws Exception {
    slots.outcome =
        CompletableFuture.completedFuture(
            new Slots.Outcome.Withheld("refused(fault)", TurnEnd.SHUTTING_DOWN, "slot: ended"));

    begin(client);

    TurnEnd.Refused refused = (TurnEnd.Refused) client.end();
    assertThat(refused).isEqualTo(TurnEnd.Refused.of(503, TurnEnd.SHUTTING_DOWN, "slot: ended"));
    assertThat(Failures.of(refused, Credential.NONE).kind()).isEqualTo(Failure.Kind.LOCAL);
  }

  /** Threads that watch many sockets bring these; a client may block who tells it. */
  @Test
  void isToldElsewhereWhenItsSocketIsLost() throws Exception {
    List<Runnable> elsewhere = new ArrayList<>();
    begin(client, elsewhere::add);

    slots.events.lost("silent");

    assertThat(client.hasEnded()).isFalse();
    elsewhere.forEach(Runnable::run);
    assertThat(client.end()).isInstanceOf(TurnEnd.Refused.class);
  }

  @Test
  void isToldElsewhereWhatALateDialCameTo() throws Exception {
    List<Runnable> elsewhere = new ArrayList<>();
    slots.outcome = new CompletableFuture<>();
    begin(client, elsewhere::add);

    slots.outcome.complete(new Slots.Outcome.Failed("bypass(factory-error)", "open-timeout"));

    assertThat(client.hasEnded()).isFalse();
    elsewhere.forEach(Runnable::run);
    assertThat(client.end()).isInstanceOf(TurnEnd.Refused.class);
  }

  @Test
  void isToldHereWhenThereIsNoThreadToTellIt() throws Exception {
    slots.outcome = new CompletableFuture<>();
    begin(client, new NoThreads());

    slots.outcome.complete(new Slots.Outcome.Failed("bypass(factory-error)", "open-timeout"));

    assertThat(client.end())
        .isEqualTo(TurnEnd.Refused.of(502, TurnEnd.UNREACHABLE, "open-timeout"));
  }

  @Test
  void isToldHereOfTheLossOfItsSocketWhenThereIsNoThread() throws Exception {
    begin(client, new NoThreads());

    slots.events.lost("silent");

    assertThat(client.end()).isEqualTo(TurnEnd.Refused.of(502, TurnEnd.DISCONNECTED, "silent"));
  }

  @Test
  void isToldHereThatItIsTooLargeWhenThereIsNoThread() throws Exception {
    begin(client, new NoThreads());

    slots.events.tooLarge();

    assertThat(((TurnEnd.Refused) client.end()).code()).isEqualTo(TurnEnd.TOO_LARGE);
  }

  @Test
  void whenTheRequestCannotBeSent() throws Exception {
    slots.faulty = "send";

    begin(client);

    assertThat(client.end()).isEqualTo(REFUSED);
    assertThat(slots.discarded).isEqualTo(1);
  }

  @Test
  void whenAnEventCannotBePassedOn() throws Exception {
    begin(
        new TurnClient() {
          @Override
          public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {
            client.dispatched(decision, upgradeHeaders);
          }

          @Override
          public void events(List<Event> passed) {
            throw new LinkageError("no");
          }

          @Override
          public void ended(TurnEnd end) {
            client.ended(end);
          }
        });
    assertThat(timers).hasSize(1);

    slots.events.text(DELTA);
    slots.events.text(DELTA);

    assertThat(client.end()).isEqualTo(new TurnEnd.Broken("fault"));
    assertThat(slots.discarded).isEqualTo(1);
    assertThat(timers).isEmpty();
  }

  private void begin(TurnClient to) {
    begin(to, Runnable::run);
  }

  private void begin(TurnClient to, Executor executor) {
    TurnRequest request = new TurnRequest("{}", "", false);
    new UpstreamTurn(
            slots, Preset.OPENAI_RESPONSES, READER, request, to, this::after, Duration.ZERO)
        .start(executor);
  }

  private Runnable after(Duration delay, Runnable task) {
    assertThat(delay).isEqualTo(Duration.ofMinutes(1));
    timers.add(task);
    return () -> timers.remove(task);
  }

  /** Grants a slot at once, but one of its methods fails. */
  private static final class FaultySlots extends StubSlot implements Slots, Slots.Pending {

    private String faulty = "";
    private CompletableFuture<Outcome> outcome =
        CompletableFuture.completedFuture(new Outcome.Granted(this));
    private Slots.Events events;
    private int discarded;

    private void failIn(String method) {
      if (method.equals(faulty)) {
        throw new IllegalStateException(method);
      }
    }

    @Override
    public Pending acquire(Wish wish, Events receiver) {
      failIn("acquire");
      events = receiver;
      return this;
    }

    @Override
    public CompletableFuture<Outcome> outcome() {
      return outcome;
    }

    @Override
    public void cancel() {
      discarded++;
    }

    @Override
    public boolean send(String text) {
      failIn("send");
      return true;
    }

    @Override
    public void release(String responseId) {
      throw new AssertionError("released");
    }

    @Override
    public void discard() {
      discarded++;
    }
  }
}
