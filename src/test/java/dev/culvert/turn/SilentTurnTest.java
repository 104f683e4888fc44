package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Preset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An upstream that begins an answer and says no more, or nothing that anybody gets to see. */
class SilentTurnTest {

  private static final EventReader READER = new EventReader(Preset.OPENAI_RESPONSES);
  private static final Duration SILENCE = Duration.ofSeconds(20);
  private static final String CREATED = "{\"type\":\"response.created\"}";
  private static final String DELTA = "{\"type\":\"response.output_text.delta\",\"delta\":\"a\"}";
  private static final String COMPLETED =
      "{\"type\":\"response.completed\",\"response\":{\"id\":\"r\"}}";

  private final List<Watch> watches = new ArrayList<>();
  private final OneSlot slot = new OneSlot();
  private final RecordedClient client = new RecordedClient();

  @Test
  void isGivenUpAfterAnEventThatWasShown() throws Exception {
    begin(SILENCE);
    slot.events.text(DELTA);

    assertThat(only().delay).isEqualTo(SILENCE);

    only().task.run();

    assertThat(client.end())
        .isEqualTo(new TurnEnd.Broken("stream.idle-timeout: no event for PT20S"));
    assertThat(slot.discarded).isEqualTo(1);
  }

  /** It may think for as long as before its first event. */
  @Test
  void isToldAsAStatusWhereNothingWasShown() throws Exception {
    begin(SILENCE);
    slot.events.text(CREATED);
    assertThat(only().delay).isEqualTo(StubSlot.RESPONSE_START);

    only().task.run();

    assertThat(client.end())
        .isEqualTo(
            TurnEnd.Refused.of(
                504, TurnEnd.DISCONNECTED, "stream.idle-timeout: no event for PT1M"));
    assertThat(client.events).isEmpty();
  }

  @Test
  void isWatchedUpToTheLastEvent() throws Exception {
    begin(SILENCE);
    slot.events.text(DELTA);
    slot.events.text(COMPLETED);

    assertThat(client.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    assertThat(watches).isEmpty();
  }

  /** Nothing more is read of it meanwhile. */
  @Test
  void isNotWatchedWhileTheClientTakesWhatItSaid() {
    List<Integer> watched = new ArrayList<>();
    begin(
        SILENCE,
        new TurnClient() {
          @Override
          public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {}

          @Override
          public void events(List<Event> passed) {
            watched.add(watches.size());
          }

          @Override
          public void ended(TurnEnd end) {}
        });

    slot.events.text(DELTA);
    slot.events.text(DELTA);

    assertThat(watched).containsExactly(0, 0);
    assertThat(only().delay).isEqualTo(SILENCE);
  }

  @Test
  void mayLastWithoutALimit() throws Exception {
    begin(Duration.ZERO);
    slot.events.text(DELTA);

    assertThat(watches).isEmpty();
    assertThat(client.hasEnded()).isFalse();
  }

  /** Its task may wait for a thread, with the event that ends it coming first. */
  @Test
  void isNotGivenUpByAWatchThatWasTakenBack() throws Exception {
    begin(SILENCE);
    Watch first = only();
    assertThat(first.delay).isEqualTo(StubSlot.RESPONSE_START);
    slot.events.text(DELTA);

    first.task.run();

    assertThat(client.hasEnded()).isFalse();
    assertThat(slot.discarded).isZero();
  }

  @Test
  void doesNotFillTheHeapWithWhatNobodySees() throws Exception {
    begin(Duration.ZERO);
    String million = "{\"type\":\"response.created\",\"pad\":\"" + "x".repeat(1 << 20) + "\"}";

    for (int i = 0; i < 47; i++) {
      slot.events.text(million);
    }
    assertThat(client.hasEnded()).isFalse();
    slot.events.text(million);

    assertThat(client.end())
        .isEqualTo(
            TurnEnd.Refused.of(
                502, TurnEnd.DISCONNECTED, "events: more than 50331648 characters, none visible"));
    assertThat(slot.discarded).isEqualTo(1);
  }

  private void begin(Duration silence) {
    begin(silence, client);
  }

  private void begin(Duration silence, TurnClient to) {
    TurnRequest request = new TurnRequest("{}", "", false);
    new UpstreamTurn(slot, Preset.OPENAI_RESPONSES, READER, request, to, this::after, silence)
        .start(Runnable::run);
  }

  private Watch only() {
    assertThat(watches).hasSize(1);
    return watches.get(0);
  }

  private Runnable after(Duration delay, Runnable task) {
    Watch watch = new Watch(delay, task);
    watches.add(watch);
    return () -> watches.remove(watch);
  }

  private record Watch(Duration delay, Runnable task) {}

  private static final class OneSlot extends StubSlot implements Slots, Slots.Pending {

    private Slots.Events events;
    private int discarded;

    @Override
    public Pending acquire(Wish wish, Events receiver) {
      events = receiver;
      return this;
    }

    @Override
    public CompletableFuture<Outcome> outcome() {
      return CompletableFuture.completedFuture(new Outcome.Granted(this));
    }

    @Override
    public void cancel() {
      throw new AssertionError("cancelled");
    }

    @Override
    public boolean send(String text) {
      return true;
    }

    @Override
    public void release(String responseId) {
      assertThat(responseId).isEqualTo("r");
    }

    @Override
    public void discard() {
      discarded++;
    }
  }
}
