package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.testkit.Application;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** An HTTP client of a route in mode {@code turns}. */
record TurnPeer(Application application, String path, Map<String, String> headers) {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  TurnPeer(Application application, String path) {
    this(application, path, Map.of());
  }

  /** The same client as this user; the password is as the test's users have it. */
  TurnPeer as(String user) {
    String password = new StringBuilder(user).reverse().toString();
    return new TurnPeer(
        application, path, Map.of("Authorization", HttpAnswers.basic(user, password)));
  }

  /** The same client with a header. */
  TurnPeer with(String name, String value) {
    return new TurnPeer(application, path, Map.of(name, value));
  }

  /** A request of a conversation. */
  static JsonObjectBuilder body(String conversation, String text) {
    return Json.createObjectBuilder()
        .add("model", "m")
        .add("prompt_cache_key", conversation)
        .add("input", text);
  }

  /** A turn of a client that wants the response as it is in the end. */
  HttpResponse<String> ask(String conversation) throws IOException, InterruptedException {
    return post(body(conversation, "hello").build().toString());
  }

  /** The same, without waiting for it. */
  CompletableFuture<HttpResponse<String>> begin(String conversation) {
    String body = body(conversation, "hello").build().toString();
    return HTTP.sendAsync(request(body), BodyHandlers.ofString(UTF_8));
  }

  /** The answer to a body. */
  HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return HTTP.send(request(body), BodyHandlers.ofString(UTF_8));
  }

  /** A turn of a client that takes the events. */
  EventStream stream(String conversation) throws IOException, InterruptedException {
    return stream(body(conversation, "hello"));
  }

  /** A turn of a client that takes the events. */
  EventStream stream(JsonObjectBuilder body) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        HTTP.send(
            request(body.add("stream", true).build().toString()), BodyHandlers.ofInputStream());
    return new EventStream(response);
  }

  private HttpRequest request(String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(application.http(path))
            .timeout(LIMIT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body, UTF_8));
    headers.forEach(request::header);
    return request.build();
  }
}
