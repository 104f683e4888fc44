package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Preset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A socket that ends between the moment it was given out and the moment it is written to. */
class StaleSlotTest {

  private final List<Slots.Wish> wishes = new ArrayList<>();
  private final List<String> sent = new ArrayList<>();
  private final RecordedClient client = new RecordedClient();

  /** Gives slots whose socket has ended, and then, if told so, one that is good. */
  private final class Stale implements Slots {
    private final boolean reused;

    Stale(boolean reused) {
      this.reused = reused;
    }

    @Override
    public Pending acquire(Wish wish, Events events) {
      wishes.add(wish);
      boolean good = wish instanceof Wish.Alone;
      if (!good) {
        events.lost("closed");
      }
      Slot slot = new OneSlot(good ? "retry" : "given", !good && reused, good, events);
      return new Given(CompletableFuture.completedFuture(new Outcome.Granted(slot)));
    }
  }

  private record Given(CompletableFuture<Slots.Outcome> outcome) implements Slots.Pending {
    @Override
    public void cancel() {}
  }

  private final class OneSlot extends StubSlot {
    private final String decision;
    private final boolean reused;
    private final boolean good;
    private final Slots.Events events;

    OneSlot(String decision, boolean reused, boolean good, Slots.Events events) {
      this.decision = decision;
      this.reused = reused;
      this.good = good;
      this.events = events;
    }

    @Override
    public String decision() {
      return decision;
    }

    @Override
    public String socket() {
      return "0badcafe";
    }

    @Override
    public boolean reused() {
      return reused;
    }

    @Override
    public boolean send(String text) {
      if (good) {
        sent.add(text);
        events.text("{\"type\":\"response.completed\"}");
      }
      return good;
    }

    @Override
    public void release(String responseId) {}

    @Override
    public void discard() {}
  }

  private TurnEnd run(boolean reused, String previousResponse) throws Exception {
    TurnRequest request = new TurnRequest("{}", previousResponse, false);
    Preset preset = Preset.OPENAI_RESPONSES;
    new UpstreamTurn(
            new Stale(reused),
            preset,
            new EventReader(preset),
            request,
            client,
            (delay, task) -> () -> {},
            Duration.ZERO)
        .start(Runnable::run);
    return client.end();
  }

  @Test
  void aReusedOneIsReplacedUnseenWhateverTheRequestIs() throws Exception {
    assertThat(run(true, "")).isEqualTo(new TurnEnd.Completed("response.completed"));

    assertThat(wishes)
        .containsExactly(new Slots.Wish.Conversation(), new Slots.Wish.Alone("0badcafe"));
    assertThat(sent).containsExactly("{}");
    assertThat(client.decisions).containsExactly("given", "retry");
  }

  @Test
  void aFreshOneIsAFault() throws Exception {
    assertThat(run(false, ""))
        .isEqualTo(TurnEnd.Refused.of(502, "upstream_closed", "before the request: closed"));
    assertThat(sent).isEmpty();
  }

  @Test
  void aContinuationIsNotMovedElsewhere() throws Exception {
    assertThat(run(true, "resp_1")).isInstanceOf(TurnEnd.Refused.class);

    assertThat(wishes).containsExactly(new Slots.Wish.Continuation("resp_1"));
    assertThat(sent).isEmpty();
  }
}
