package dev.culvert.turn;

import static dev.culvert.turn.JsonLibrary.JSON;

import dev.culvert.provider.Timer;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A client that takes the events as they come, as server-sent events (HTML Living Standard, 9.2).
 * The answer begins with the first event or the first comment that fills a longer silence; until
 * then an error is a status, from then on an event.
 */
public final class SseClient implements TurnClient {

  private static final String FAILED = "response.failed";

  private final HttpAnswer answer;
  private final Timer timer;
  private final LongSupplier clock;
  private final Duration silence;
  private final Runnable abort;

  /** Heartbeats come from another thread than events. */
  private final Mailbox mailbox = new Mailbox(this::fault);

  // Below: tasks of the mailbox only.
  private boolean begun;
  private boolean over;
  private long writtenAt;
  private Runnable disarm = () -> {};

  /**
   * A client whose silence is watched from now on.
   *
   * @param clock in nanoseconds
   * @param silence after which there is a comment
   * @param abort ends the turn of a client that has gone away
   */
  public static SseClient begin(
      HttpAnswer answer, Timer timer, LongSupplier clock, Duration silence, Runnable abort) {
    SseClient client = new SseClient(answer, timer, clock, silence, abort);
    client.mailbox.run(() -> client.watch(silence));
    return client;
  }

  private SseClient(
      HttpAnswer answer, Timer timer, LongSupplier clock, Duration silence, Runnable abort) {
    this.answer = answer;
    this.timer = timer;
    this.clock = clock;
    this.writtenAt = clock.getAsLong();
    this.silence = silence;
    this.abort = abort;
  }

  @Override
  public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {
    // of no interest to the client
  }

  @Override
  public void events(List<Event> events) {
    mailbox.runInTurn(
        () ->
            write(
                events.stream()
                    .map(event -> format(event.type(), event.text()))
                    .collect(Collectors.joining())));
  }

  @Override
  public void ended(TurnEnd end) {
    mailbox.run(
        () -> {
          if (!over) {
            try {
              last(end);
            } finally {
              finishOnce();
            }
          }
        });
  }

  private void last(TurnEnd end) {
    if (end instanceof TurnEnd.Refused refused) {
      refuse(refused);
    } else if (end instanceof TurnEnd.Broken) {
      // Never a clean end: what is missing must not look like all there is.
      JsonObject error = ErrorBody.error(TurnEnd.DISCONNECTED, "the upstream's stream broke off");
      write(format(FAILED, failed(error)));
    }
  }

  private void refuse(TurnEnd.Refused refused) {
    if (begun) {
      write(format(FAILED, failed(ErrorBody.error(refused))));
      return;
    }
    try {
      ErrorBody.write(answer, refused);
    } catch (IOException e) {
      abort.run();
    }
  }

  private static String failed(JsonValue error) {
    return JSON.createObjectBuilder()
        .add("type", FAILED)
        .add("response", JSON.createObjectBuilder().add("status", "failed").add("error", error))
        .build()
        .toString();
  }

  private void write(String text) {
    if (over) {
      return;
    }
    try {
      if (!begun) {
        begun = true;
        answer.head(200, Map.of("Content-Type", "text/event-stream", "Cache-Control", "no-cache"));
      }
      answer.write(text);
      writtenAt = clock.getAsLong();
    } catch (IOException e) {
      giveUp();
    }
  }

  /** A task failed, perhaps amid a write: what would follow makes no sense to the client. */
  private void fault() {
    if (!over) {
      giveUp();
    }
  }

  private void giveUp() {
    finishOnce();
    abort.run();
  }

  /** One timer at a time, which an event does not touch: there may be thousands of them. */
  private void watch(Duration delay) {
    disarm = timer.after(delay, () -> mailbox.run(this::fillSilence));
  }

  private void fillSilence() {
    if (over) {
      return;
    }
    Duration left = silence.minusNanos(clock.getAsLong() - writtenAt);
    if (left.isNegative() || left.isZero()) {
      write(": \n\n");
      left = silence;
    }
    if (!over) {
      watch(left);
    }
  }

  /** A last write that fails has finished the answer before its end does. */
  private void finishOnce() {
    if (over) {
      return;
    }
    over = true;
    disarm.run();
    answer.finish();
  }

  private static String format(String type, String text) {
    StringBuilder event = new StringBuilder();
    if (!type.isEmpty() && isLine(type)) {
      event.append("event: ").append(type).append('\n');
    }
    text.lines().forEach(line -> event.append("data: ").append(line).append('\n'));
    return event.append('\n').toString();
  }

  /** What is written as the value of a field would begin others after the end of its line. */
  private static boolean isLine(String value) {
    return value.indexOf('\n') < 0 && value.indexOf('\r') < 0;
  }
}
