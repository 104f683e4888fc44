package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Preset;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP clients get of a turn. */
class HttpClientsTest {

  private static final EventReader READER = new EventReader(Preset.OPENAI_RESPONSES);
  private static final String DELTA = "{\"type\":\"response.output_text.delta\",\"delta\":\"a\"}";
  private static final String DONE =
      "{\"type\":\"response.completed\",\"response\":{\"id\":\"r1\",\"status\":\"completed\"}}";
  private static final TurnEnd COMPLETED = new TurnEnd.Completed("response.completed");

  private static final Duration SILENCE = Duration.ofSeconds(15);

  private final Answer answer = new Answer();
  private final List<Runnable> timers = new ArrayList<>();
  private int aborts;
  private long now;
  private Duration armed = Duration.ZERO;
  private final SseClient sse =
      SseClient.begin(answer, this::after, () -> now, SILENCE, () -> aborts++);
  private final JsonClient json = new JsonClient(answer);

  /** An answer that remembers. */
  private static final class Answer implements HttpAnswer {
    private int status;
    private Map<String, String> headers = Map.of();
    private final StringBuilder body = new StringBuilder();
    private boolean gone;
    private boolean fault;
    private int finishes;
    private int writes;

    @Override
    public void head(int newStatus, Map<String, String> newHeaders) {
      assertThat(status).as("set once").isZero();
      status = newStatus;
      headers = newHeaders;
    }

    @Override
    public void write(String text) throws IOException {
      assertThat(finishes).isZero();
      if (gone) {
        throw new IOException("broken pipe");
      }
      if (fault) {
        throw new IllegalStateException("no");
      }
      writes++;
      body.append(text);
    }

    @Override
    public void finish() {
      finishes++;
    }
  }

  private Runnable after(Duration delay, Runnable task) {
    assertThat(timers).as("timers at a time").isEmpty();
    armed = delay;
    timers.add(task);
    return () -> timers.remove(task);
  }

  /** Has the time pass for which the one timer is armed. */
  private void expire() {
    now += armed.toNanos();
    timers.remove(0).run();
  }

  private static Event event(String text) {
    return READER.read(text).orElseThrow();
  }

  @Test
  void eventsAreServerSentEvents() {
    sse.events(List.of(event(DELTA)));
    sse.events(List.of(event(DONE)));
    sse.ended(COMPLETED);

    assertThat(answer.status).isEqualTo(200);
    assertThat(answer.headers).containsEntry("Content-Type", "text/event-stream");
    assertThat(answer.body.toString())
        .isEqualTo(
            "event: response.output_text.delta\ndata: "
                + DELTA
                + "\n\nevent: response.completed\ndata: "
                + DONE
                + "\n\n");
    assertThat(answer.finishes).isEqualTo(1);
    assertThat(timers).isEmpty();
  }

  @Test
  void anEventOfSeveralLinesStaysOne() {
    sse.events(List.of(event("{\n \"type\": \"x\"\r\n}")));

    assertThat(answer.body.toString())
        .isEqualTo("event: x\ndata: {\ndata:  \"type\": \"x\"\ndata: }\n\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\\n", "\\rx", "x\\r\\ndata: {}", "\\n\\n", "\\n"})
  void aTypeOfSeveralLinesIsNoField(String type) {
    String text = "{\"type\":\"" + type + "\"}";

    sse.events(List.of(event(text)));

    assertThat(answer.body.toString()).isEqualTo("data: " + text + "\n\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n"})
  void eachLineOfAnEventIsAFieldOfData(String end) {
    String text = "{\"type\":\"x\"," + end + "\"a\":\"\u000b\f\u001c\u0085\u2028\u2029\"}";

    sse.events(List.of(new Event(Event.Kind.VISIBLE, "x", "", "", text)));

    assertThat(answer.body.toString())
        .isEqualTo("event: x\ndata: " + text.replace(end, "\ndata: ") + "\n\n");
  }

  @Test
  void aCommentFillsSilence() {
    assertThat(timers).hasSize(1);
    sse.events(List.of(event(DELTA)));
    int length = answer.body.length();

    expire();
    expire();

    assertThat(answer.body.substring(length)).isEqualTo(": \n\n: \n\n");
    assertThat(timers).hasSize(1);
  }

  @Test
  void silenceBeginsAfterTheLastEvent() {
    now += SILENCE.toNanos() - 1;
    sse.events(List.of(event(DELTA)));
    int length = answer.body.length();

    now++;
    timers.remove(0).run();

    assertThat(answer.body.substring(length)).isEmpty();
    assertThat(armed).isEqualTo(SILENCE.minusNanos(1));
    expire();
    assertThat(answer.body.substring(length)).isEqualTo(": \n\n");
  }

  @Test
  void eventsThatComeAtOnceAreOneWrite() {
    sse.events(List.of(event(DELTA), event(DONE)));

    assertThat(answer.writes).isEqualTo(1);
    assertThat(answer.body.toString())
        .isEqualTo(
            "event: response.output_text.delta\ndata: "
                + DELTA
                + "\n\nevent: response.completed\ndata: "
                + DONE
                + "\n\n");
  }

  @Test
  void silenceBeforeTheFirstEventBeginsTheAnswer() {
    expire();
    sse.ended(TurnEnd.Refused.of(400, "bad", "why"));

    assertThat(answer.status).isEqualTo(200);
    assertThat(answer.body.toString())
        .startsWith(": \n\nevent: response.failed\n")
        .contains("\"code\":\"bad\"", "\"message\":\"why\"");
    assertThat(answer.finishes).isEqualTo(1);
    assertThat(timers).isEmpty();
  }

  @Test
  void whatBreaksOffDoesNotLookComplete() {
    sse.events(List.of(event(DELTA)));
    sse.ended(new TurnEnd.Broken("closed"));

    assertThat(answer.body.toString())
        .contains("event: response.failed\ndata: {\"type\":\"response.failed\"")
        .contains("\"code\":\"stream_disconnected\"")
        .endsWith("\n\n");
    assertThat(answer.finishes).isEqualTo(1);
  }

  @Test
  void whatComesToNothingIsAStatus() {
    String event = "{\"type\":\"error\",\"error\":{\"code\":\"rate_limit_exceeded\",\"x\":1}}";
    sse.ended(
        new TurnEnd.Refused(
            429, "rate_limit_exceeded", "d", Map.of("retry-after", List.of("7")), event));

    assertThat(answer.status).isEqualTo(429);
    assertThat(answer.headers)
        .containsEntry("Retry-After", "7")
        .containsEntry("Content-Type", "application/json");
    assertThat(answer.body.toString())
        .isEqualTo("{\"error\":{\"code\":\"rate_limit_exceeded\",\"x\":1}}");
  }

  @Test
  void anErrorInsideAResponseIsToldToo() {
    sse.ended(
        new TurnEnd.Refused(
            500,
            "server_error",
            "d",
            Map.of(),
            "{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"server_error\"}}}"));

    assertThat(answer.body.toString()).isEqualTo("{\"error\":{\"code\":\"server_error\"}}");
  }

  @Test
  void ofOurOwnFaultsClientsLearnTheCodeOnly() {
    json.ended(TurnEnd.Refused.of(502, "upstream_unreachable", "10.0.0.7 refused"));

    assertThat(answer.status).isEqualTo(502);
    assertThat(answer.body.toString()).contains("upstream_unreachable").doesNotContain("10.0.0.7");
  }

  @Test
  void aClientThatHasGoneEndsItsTurn() {
    answer.gone = true;

    sse.events(List.of(event(DELTA)));
    sse.events(List.of(event(DONE)));
    sse.ended(new TurnEnd.Aborted());

    assertThat(aborts).isEqualTo(1);
    assertThat(answer.finishes).isEqualTo(1);
    assertThat(timers).isEmpty();
  }

  @Test
  void aLastWriteThatFailsEndsTheAnswerOnce() {
    sse.events(List.of(event(DELTA)));
    answer.gone = true;

    sse.ended(new TurnEnd.Broken("closed"));

    assertThat(answer.finishes).isEqualTo(1);
    assertThat(timers).isEmpty();
  }

  @Test
  void aFaultAmidAWriteEndsTheAnswerAndTheTurn() {
    answer.fault = true;

    sse.events(List.of(event(DELTA)));

    assertThat(aborts).isEqualTo(1);
    assertThat(answer.finishes).isEqualTo(1);
    assertThat(timers).isEmpty();
  }

  @Test
  void whoDoesNotStreamGetsTheResponse() {
    json.events(List.of(event(DELTA)));
    json.events(List.of(event(DONE)));
    json.ended(COMPLETED);

    assertThat(answer.status).isEqualTo(200);
    assertThat(answer.body.toString()).isEqualTo("{\"id\":\"r1\",\"status\":\"completed\"}");
    assertThat(answer.finishes).isEqualTo(1);
  }

  @Test
  void orTheErrorThatEndedIt() {
    json.events(List.of(event("{\"type\":\"error\",\"error\":{\"code\":\"strange\"}}")));
    json.ended(new TurnEnd.Completed("error"));

    assertThat(answer.status).isEqualTo(502);
    assertThat(answer.body.toString()).isEqualTo("{\"error\":{\"code\":\"strange\"}}");
  }

  @Test
  void orThatItBrokeOff() {
    json.events(List.of(event(DELTA)));
    json.ended(new TurnEnd.Broken("closed"));

    assertThat(answer.status).isEqualTo(502);
    assertThat(answer.body.toString()).contains("stream_disconnected");
  }
}
