package dev.culvert.turn;

import jakarta.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A client that takes the events as they come, as server-sent events (HTML Living Standard, 9.2).
 * The answer begins with the first event; a comment fills longer silences behind it.
 */
public final class SseClient implements TurnClient {

  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final String DISCONNECTED = "stream_disconnected";

  private final HttpAnswer answer;
  private final TurnTimer timer;
  private final Runnable abort;

  /** Heartbeats come from another thread than events. */
  private final Mailbox mailbox = new Mailbox();

  // Below: tasks of the mailbox only.
  private boolean begun;
  private boolean over;
  private Runnable disarm = () -> {};

  /**
   * @param abort ends the turn of a client that has gone away
   */
  public SseClient(HttpAnswer answer, TurnTimer timer, Runnable abort) {
    this.answer = answer;
    this.timer = timer;
    this.abort = abort;
  }

  @Override
  public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {
    // of no interest to the client
  }

  @Override
  public void event(Event event) {
    mailbox.run(() -> write(format(event.type(), event.text())));
  }

  @Override
  public void ended(TurnEnd end) {
    mailbox.run(
        () -> {
          if (!over) {
            last(end);
            finish();
          }
        });
  }

  private void last(TurnEnd end) {
    if (end instanceof TurnEnd.Refused refused) {
      try {
        ErrorBody.write(answer, refused);
      } catch (IOException e) {
        abort.run();
      }
    } else if (end instanceof TurnEnd.Broken) {
      write(format("response.failed", disconnected()));
    }
  }

  /** Never a clean end: what is missing must not look like all there is. */
  private static String disconnected() {
    return Json.createObjectBuilder()
        .add("type", "response.failed")
        .add(
            "response",
            Json.createObjectBuilder()
                .add("status", "failed")
                .add("error", ErrorBody.error(DISCONNECTED, "the upstream's stream broke off")))
        .build()
        .toString();
  }

  private void write(String text) {
    if (over) {
      return;
    }
    disarm.run();
    try {
      if (!begun) {
        begun = true;
        answer.head(200, Map.of("Content-Type", "text/event-stream", "Cache-Control", "no-cache"));
      }
      answer.write(text);
      disarm = timer.after(SILENCE, () -> mailbox.run(() -> write(": \n\n")));
    } catch (IOException e) {
      finish();
      abort.run();
    }
  }

  private void finish() {
    over = true;
    disarm.run();
    answer.finish();
  }

  private static String format(String type, String text) {
    StringBuilder event = new StringBuilder();
    if (!type.isEmpty()) {
      event.append("event: ").append(type).append('\n');
    }
    text.lines().forEach(line -> event.append("data: ").append(line).append('\n'));
    return event.append('\n').toString();
  }
}
