package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.config.Preset;
import dev.culvert.route.LoggedLines;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TurnReportTest {

  private static final EventReader READER = new EventReader(Preset.OPENAI_RESPONSES);

  private final RecordedBooks books = new RecordedBooks();
  private final AtomicLong now = new AtomicLong();
  private final RecordedClient client = new RecordedClient();
  private final TurnReport report =
      new TurnReport(client, "chat", Preset.OPENAI_RESPONSES, books, now::get);

  @Test
  void timesAreMeasuredFromTheRequest() {
    report.at("llm");
    now.set(500_000_000);
    event("response.created");
    now.set(2_000_000_000);
    event("response.completed");
    report.ended(new TurnEnd.Completed("response.completed"));

    assertThat(books.lines)
        .containsExactly(
            "culvert_turn_first_event_seconds{route=chat}0.5",
            "culvert_turns_total{route=chat, upstream=llm, outcome=completed}",
            "culvert_turn_duration_seconds{route=chat}2.0");
    assertThat(client.types()).containsExactly("response.created", "response.completed");
    assertThat(client.hasEnded()).isTrue();
  }

  @Test
  void aRequestThatBecomesNoTurnIsRefused() {
    TurnReport.countRefused(books, "chat");

    assertThat(books.lines)
        .containsExactly("culvert_turns_total{route=chat, upstream=, outcome=refused}");
  }

  @Test
  void aFaultInTheBooksDoesNotSwallowTheAnswer() {
    books.fault = Optional.of(new LinkageError("no"));

    assertThatThrownBy(() -> report.ended(new TurnEnd.Aborted())).isInstanceOf(LinkageError.class);

    assertThat(client.hasEnded()).isTrue();
  }

  static Stream<Arguments> ends() {
    return Stream.of(
        Arguments.of(new TurnEnd.Completed("response.incomplete"), "failed"),
        Arguments.of(TurnEnd.Refused.of(429, "ours", ""), "refused"),
        Arguments.of(new TurnEnd.Broken(""), "disconnected"),
        Arguments.of(new TurnEnd.Aborted(), "aborted"));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void everyEndHasItsOutcome(TurnEnd end, String outcome) {
    report.ended(end);

    assertThat(books.lines.get(0)).endsWith("outcome=" + outcome + "}");
  }

  @Test
  void aClientThatLeavesIsLogged() {
    report.at("llm");
    now.set(1_500_000_000);
    try (LoggedLines lines = new LoggedLines("dev.culvert.turn")) {
      report.ended(new TurnEnd.Aborted());

      assertThat(lines.all())
          .singleElement()
          .asString()
          .contains("CULVERT-T005", "route=chat upstream=llm status=499 seconds=1.5");
    }
  }

  @Test
  void quotedTextIsOneLine() {
    assertThat(TurnLabels.quoted("a\n\"b\u00e9")).isEqualTo("\"a\\u000a\\u0022b\\u00e9\"");
  }

  private void event(String type) {
    report.events(List.of(READER.read("{\"type\":\"" + type + "\"}").orElseThrow()));
  }
}
