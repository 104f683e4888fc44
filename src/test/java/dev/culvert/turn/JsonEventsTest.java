package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonEventsTest {

  private static final int BUFFERED = 64 * 1024;

  /** Of its own, since buffers grow and are used again. */
  private final JsonProvider json = JsonProvider.provider();

  private final StringWriter written = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"{\"\":0}", "[]", "\"\"", "0"})
  void whatWasReadIsWrittenBeforeMoreIsRead(String value) {
    String text = "[" + (value + ",").repeat(100_000) + value + "]";

    copy(new LimitedReader(text));

    assertThat(written).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "\"x\"", "null", "[[1,[]],{\"a\":{\"b\":[]}}]", "{\"a\":[{}]}"})
  void behindAValueTheNextOneIsRead(String value) {
    try (JsonParser parser = json.createParser(new StringReader("[" + value + ",true]"))) {
      assertThat(parser.next()).isEqualTo(JsonParser.Event.START_ARRAY);

      JsonEvents.skip(parser, parser.next());

      assertThat(parser.next()).isEqualTo(JsonParser.Event.VALUE_TRUE);
    }
  }

  @Test
  void aCopyIsOneValueAndNoMore() {
    copy(new StringReader("{\"a\":[1.50,\"\\u0001\"]}  "));

    assertThat(written).hasToString("{\"a\":[1.50,\"\\u0001\"]}");
  }

  private void copy(Reader text) {
    try (JsonParser parser = json.createParser(text);
        JsonGenerator generator = json.createGenerator(written)) {
      JsonEvents.copy(parser, parser.next(), generator);
    }
  }

  /** Gives no more than a buffer ahead of what was written. */
  private final class LimitedReader extends StringReader {
    private int read;

    LimitedReader(String text) {
      super(text);
    }

    @Override
    public int read(char[] into, int offset, int length) throws IOException {
      assertThat(read - written.getBuffer().length()).isLessThan(BUFFERED);
      int count = super.read(into, offset, length);
      read += Math.max(count, 0);
      return count;
    }
  }
}
