package dev.culvert.it;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;

/** Requests of those who look after an application, and the JSON that they get. */
final class Administrators {

  /** Has role {@code chat}. */
  static final String ADMIN = HttpAnswers.basic("alice", "ecila");

  /** Has no role. */
  static final String USER = HttpAnswers.basic("bob", "bob");

  /** What no page of another site can send. */
  static final Map<String, String> BY_A_PROGRAM = Map.of("X-Requested-By", "a test");

  private Administrators() {}

  /** The answer to a caller who has something done. */
  static HttpResponse<String> act(URI uri, String caller) throws IOException, InterruptedException {
    return HttpAnswers.post(uri, caller, BY_A_PROGRAM, "");
  }

  static JsonObject read(HttpResponse<String> answer) {
    try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
      return reader.readObject();
    }
  }
}
