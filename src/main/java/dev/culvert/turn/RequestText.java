package dev.culvert.turn;

import static dev.culvert.turn.JsonLibrary.JSON;

import jakarta.json.JsonException;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Reads the texts of requests, few long ones at a time: the parser's room for one may be several
 * times the text.
 */
final class RequestText {

  /** Characters of long texts that are read at a time. */
  private static final int MOST = 2 * TurnRequest.MAX_BYTES;

  private static final JsonParserFactory PARSERS = JSON.createParserFactory(Map.of());
  private static final Semaphore CHARACTERS = new Semaphore(MOST, true);

  private RequestText() {}

  /**
   * Reads a JSON object.
   *
   * @param members reads them, the end of the object included
   * @throws InvalidRequest when the text is something else, or beyond the parser's limits
   */
  static <T> T read(String text, Function<JsonParser, T> members) {
    int share = text.length() <= TurnRequest.SHORT ? 0 : Math.min(text.length(), MOST);
    if (share == 0) {
      return parse(text, members);
    }
    CHARACTERS.acquireUninterruptibly(share);
    try {
      return parse(text, members);
    } finally {
      CHARACTERS.release(share);
    }
  }

  private static <T> T parse(String text, Function<JsonParser, T> members) {
    try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
      if (parser.next() != JsonParser.Event.START_OBJECT) {
        throw new JsonException("no object");
      }
      T read = members.apply(parser);
      if (parser.hasNext()) {
        throw new JsonException("more than one value");
      }
      return read;
    } catch (InvalidRequest e) {
      throw e;
    } catch (RuntimeException e) {
      // Parsers have more than JsonException: for numbers that are too long, for too many levels.
      throw new InvalidRequest("not JSON (expected: a JSON object)", e);
    }
  }
}
