package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.config.Preset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DispatchReportTest {

  private static final EventReader READER = new EventReader(Preset.OPENAI_RESPONSES);

  private final RecordedBooks books = new RecordedBooks();
  private final RecordedClient client = new RecordedClient();
  private final DispatchReport report =
      new DispatchReport(
          client,
          new TurnLabels("chat", "llm", "r", "acme", "=c", "k", ""),
          Preset.OPENAI_RESPONSES,
          books);

  @Test
  void whatTheUpstreamSaysOfTheAccountIsPassedOn() {
    report.ended(new TurnEnd.Refused(429, "rate_limit_exceeded", "", Map.of(), "{}"));

    assertThat(books.lines).contains("refused acme 429");
  }

  @Test
  void withTheTimeThatItAsksFor() {
    Map<String, List<String>> headers = Map.of("retry-after", List.of("7"));
    report.ended(new TurnEnd.Refused(429, TurnEnd.UPSTREAM_REFUSED, "", headers, ""));

    assertThat(books.lines).containsExactly("refused acme 429 PT7S");
  }

  @Test
  void alsoWhenItComesLate() {
    report.events(
        List.of(READER.read("{\"type\":\"error\",\"error\":{\"code\":\"token_expired\"}}").get()));
    report.ended(new TurnEnd.Completed("error"));

    assertThat(books.lines).contains("refused acme 401");
  }

  @Test
  void whatItSaysOfTheTurnIsNot() {
    report.ended(new TurnEnd.Refused(503, "server_is_overloaded", "", Map.of(), "{}"));

    assertThat(books.lines).noneMatch(line -> line.startsWith("refused"));
  }

  @Test
  void aFaultInTheBooksDoesNotSwallowTheAnswer() {
    books.fault = Optional.of(new LinkageError("no"));

    assertThatThrownBy(
            () -> report.ended(new TurnEnd.Refused(401, "unauthorized", "", Map.of(), "{}")))
        .isInstanceOf(LinkageError.class);

    assertThat(client.hasEnded()).isTrue();
  }
}
