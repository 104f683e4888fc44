package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

/** Ordinary requests of tests. */
public final class HttpAnswers {

  /** Of a caller who does not say who he is. */
  public static final String ANONYMOUS = "";

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private HttpAnswers() {}

  /** The answer to a GET. */
  public static HttpResponse<String> get(URI uri, String authorization)
      throws IOException, InterruptedException {
    return send("GET", uri, authorization);
  }

  /** The answer to a request without body. */
  public static HttpResponse<String> send(String method, URI uri, String authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).timeout(LIMIT).method(method, BodyPublishers.noBody());
    if (!authorization.equals(ANONYMOUS)) {
      request.header("Authorization", authorization);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString(UTF_8));
  }

  /** The answer to a GET of a client that takes server-sent events and nothing else. */
  public static HttpResponse<String> events(URI uri) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri).timeout(LIMIT).header("Accept", "text/event-stream").build();
    return HTTP.send(request, BodyHandlers.ofString(UTF_8));
  }

  /** The answer to a POST. */
  public static HttpResponse<String> post(
      URI uri, String authorization, Map<String, String> headers, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).timeout(LIMIT).POST(BodyPublishers.ofString(body, UTF_8));
    headers.forEach(request::header);
    if (!authorization.equals(ANONYMOUS)) {
      request.header("Authorization", authorization);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString(UTF_8));
  }

  /** The {@code Authorization} of a user, HTTP Basic. */
  public static String basic(String user, String password) {
    byte[] login = (user + ":" + password).getBytes(UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(login);
  }
}
