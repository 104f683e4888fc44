package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Server-sent events as a client gets them. Every wait ends after half a minute. */
final class EventStream implements AutoCloseable {

  private static final long LIMIT_SECONDS = 30;

  private final HttpResponse<InputStream> response;
  private final BufferedReader reader;

  EventStream(HttpResponse<InputStream> response) {
    this.response = response;
    this.reader = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
  }

  /** An event, or a comment, whose type is a colon. */
  record Event(String type, String data) {}

  int status() {
    return response.statusCode();
  }

  String contentType() {
    return response.headers().firstValue("Content-Type").orElse("");
  }

  /** The next event or comment; null at the end. */
  Event next() throws Exception {
    return CompletableFuture.supplyAsync(this::read).get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private Event read() {
    try {
      String type = "";
      StringBuilder data = new StringBuilder();
      String line = reader.readLine();
      while (line != null && !line.isEmpty()) {
        if (line.startsWith(":")) {
          type = ":";
        } else if (line.startsWith("event: ")) {
          type = line.substring("event: ".length());
        } else if (line.startsWith("data: ")) {
          data.append(line.substring("data: ".length()));
        }
        line = reader.readLine();
      }
      return line == null ? null : new Event(type, data.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All events up to the end, without comments. */
  List<Event> rest() throws Exception {
    List<Event> events = new ArrayList<>();
    for (Event event = next(); event != null; event = next()) {
      if (!event.type().equals(":")) {
        events.add(event);
      }
    }
    return events;
  }

  /** The types of all events up to the end. */
  List<String> types() throws Exception {
    return rest().stream().map(Event::type).toList();
  }

  /** The next event of a type. */
  Event await(String type) throws Exception {
    Event event = next();
    while (event != null && !event.type().equals(type)) {
      event = next();
    }
    return event;
  }

  /** Goes away, in the middle of the stream or after it. */
  @Override
  public void close() throws IOException {
    response.body().close();
  }
}
