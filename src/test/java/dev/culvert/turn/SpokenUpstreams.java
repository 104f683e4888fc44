package dev.culvert.turn;

import dev.culvert.config.Preset;
import dev.culvert.config.Upstream;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Credential;
import dev.culvert.provider.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Real turns, at upstreams whose words are the test's. One thread. */
final class SpokenUpstreams implements UpstreamTurns {

  private final Timer timer;
  private final Map<String, Slots.Events> asked = new HashMap<>();

  /** Those whose socket was given up. */
  final Set<String> discarded = new TreeSet<>();

  SpokenUpstreams(Timer timer) {
    this.timer = timer;
  }

  /** An upstream sends an event of this type. */
  void say(String upstream, String type) {
    asked.get(upstream).text("{\"type\":\"" + type + "\"}");
  }

  @Override
  public Optional<Turn> at(Attempt attempt, TurnClient client) {
    return Optional.of(
        new UpstreamTurn(
            new OneSlot(attempt.upstream().name()),
            Preset.OPENAI_RESPONSES,
            new EventReader(Preset.OPENAI_RESPONSES),
            new TurnRequest("{}", "", false),
            client,
            timer,
            Duration.ZERO));
  }

  @Override
  public Credential shownTo(Upstream upstream) {
    return Credential.ACCOUNT;
  }

  private final class OneSlot extends StubSlot implements Slots, Slots.Pending {
    private final String upstream;

    OneSlot(String upstream) {
      this.upstream = upstream;
    }

    @Override
    public Pending acquire(Wish wish, Events events) {
      asked.put(upstream, events);
      return this;
    }

    @Override
    public CompletableFuture<Outcome> outcome() {
      return CompletableFuture.completedFuture(new Outcome.Granted(this));
    }

    @Override
    public void cancel() {}

    @Override
    public boolean send(String text) {
      return true;
    }

    @Override
    public void release(String responseId) {}

    @Override
    public void discard() {
      discarded.add(upstream);
    }
  }
}
