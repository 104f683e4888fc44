package dev.culvert.turn;

import dev.culvert.config.Preset;
import dev.culvert.provider.Credential;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Stands before the client of a turn at one upstream: one line a dispatch, and what the upstream
 * says of the account.
 */
public final class DispatchReport implements TurnClient {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  private final TurnClient client;
  private final TurnLabels labels;
  private final Preset preset;
  private final TurnBooks books;

  /** Calls come one at a time. */
  private volatile int refusedWith;

  /**
   * @param client that gets everything
   */
  public DispatchReport(TurnClient client, TurnLabels labels, Preset preset, TurnBooks books) {
    this.client = client;
    this.labels = labels;
    this.preset = preset;
    this.books = books;
  }

  @Override
  public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {
    String previous = labels.previousResponse();
    LOG.log(
        Level.INFO,
        "CULVERT-T002 turn: route={0} upstream={1} request={2} account={3} ws={4} conversation={5}"
            + " key={6} previous={7} resume={8}",
        labels.route(),
        labels.upstream(),
        TurnLabels.quoted(labels.requestId()),
        labels.account(),
        decision,
        TurnLabels.quoted(labels.conversation()),
        labels.key(),
        TurnLabels.quoted(previous),
        !previous.isEmpty() && decision.startsWith("reuse"));
    client.dispatched(decision, upgradeHeaders);
  }

  @Override
  public void events(List<Event> events) {
    events.forEach(event -> refusedWith(preset.statuses().get(event.code())));
    client.events(events);
  }

  /** The client is told even when the books fail. */
  @Override
  public void ended(TurnEnd end) {
    try {
      if (end instanceof TurnEnd.Refused refused && refused.byUpstream()) {
        refusedWith(refused.status());
      }
      if (refusedWith != 0) {
        Optional<Duration> retryAfter =
            end instanceof TurnEnd.Refused refused
                ? Failures.retryAfter(refused.headers())
                : Optional.empty();
        books.refused(labels.account(), refusedWith, retryAfter);
      }
    } finally {
      client.ended(end);
    }
  }

  private void refusedWith(Integer status) {
    Optional.ofNullable(status)
        .filter(Credential::isReasonOf)
        .ifPresent(refused -> refusedWith = refused);
  }
}
