package dev.culvert.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/**
 * Conversations that grow turn by turn, each of which sends all that was said before, and what the
 * caches of the upstream's backends are worth to them. Belongs to one thread.
 */
final class CacheRun {

  static final int CONVERSATIONS = 50;
  static final int TURNS = 20;

  /** Different in each conversation, so that none lives on the cache of another one. */
  private static final String WORDS = " and so on".repeat(6);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI route;
  private final String name;
  private final List<CacheTurns> conversations = new ArrayList<>();

  /**
   * @param name of the run; conversations of other names are other ones
   */
  CacheRun(URI route, String name) {
    this.route = route;
    this.name = name;
    for (int i = 0; i < CONVERSATIONS; i++) {
      conversations.add(new CacheTurns());
    }
  }

  /** All conversations by turns, with something done in the middle. */
  void run(Runnable inTheMiddle) throws IOException {
    for (int turn = 0; turn < TURNS; turn++) {
      if (turn == TURNS / 2) {
        inTheMiddle.run();
      }
      for (int i = 0; i < CONVERSATIONS; i++) {
        JsonObject usage = ask(name + "-" + i, turn).getJsonObject("usage");
        conversations
            .get(i)
            .add(
                turn,
                usage.getInt("input_tokens"),
                usage.getJsonObject("input_tokens_details").getInt("cached_tokens"));
      }
    }
  }

  /** What was cached of all prompts but the first of each conversation, from 0 to 1. */
  double hitRate() {
    long input = conversations.stream().mapToLong(CacheTurns::input).sum();
    return (double) conversations.stream().mapToLong(CacheTurns::cached).sum() / input;
  }

  /** The rates of all single turns but the first ones, the lowest first. */
  List<Double> turnRates() {
    return conversations.stream().flatMap(each -> each.rates().stream()).sorted().toList();
  }

  private JsonObject ask(String conversation, int turn) throws IOException {
    JsonArrayBuilder input = Json.createArrayBuilder();
    for (int i = 0; i <= turn; i++) {
      input.add(
          Json.createObjectBuilder()
              .add("role", "user")
              .add("content", "turn " + i + " of " + conversation + WORDS));
    }
    String body =
        Json.createObjectBuilder()
            .add("model", "m")
            .add("prompt_cache_key", conversation)
            .add("instructions", "Help with " + conversation + WORDS)
            .add("input", input)
            .build()
            .toString();
    HttpRequest request = HttpRequest.newBuilder(route).POST(BodyPublishers.ofString(body)).build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString(UTF_8));
      if (answer.statusCode() != 200) {
        throw new IOException("turn: " + answer.statusCode() + " " + answer.body());
      }
      try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
        return reader.readObject();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
