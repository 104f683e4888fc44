package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The management API of a WildFly, over HTTP with digest authentication. */
final class WildFlyManagement {

  /** Longer than a deployment may take, and than it takes to tell of one that hangs. */
  private static final int TIMEOUT_MILLIS = 150_000;

  private final URI uri;
  private final Authenticator user;

  WildFlyManagement(int port, String name, String password) {
    this.uri = URI.create("http://127.0.0.1:" + port + "/management");
    this.user =
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            return new PasswordAuthentication(name, password.toCharArray());
          }
        };
  }

  /** Whether the server is up; false while it boots and does not listen yet. */
  boolean isRunning() {
    try {
      return execute("", "read-attribute", Map.of("name", "server-state"))
          .contains("\"result\" : \"running\"");
    } catch (IOException | IllegalStateException early) {
      return false;
    }
  }

  boolean hasDeployment(String name) throws IOException {
    return execute("", "read-children-names", Map.of("child-type", "deployment"))
        .contains('"' + name + '"');
  }

  /**
   * Executes an operation.
   *
   * @return the answer
   * @throws IllegalStateException when it fails, with the reason
   */
  String execute(String address, String operation, Map<String, ?> parameters) throws IOException {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("operation", operation);
    request.put("address", path(address));
    request.putAll(parameters);
    request.put("json.pretty", 1);
    String answer = post(json(request));
    if (!answer.contains("\"outcome\" : \"success\"")) {
      throw new IllegalStateException(address + ":" + operation + "\n" + answer);
    }
    return answer;
  }

  private String post(String body) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setAuthenticator(user);
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/json");
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body.getBytes(UTF_8));
    }
    boolean failed = connection.getResponseCode() >= 400;
    try (InputStream in = failed ? connection.getErrorStream() : connection.getInputStream()) {
      return in == null ? "status " + connection.getResponseCode() : read(in);
    }
  }

  private static String read(InputStream in) throws IOException {
    return new String(in.readAllBytes(), UTF_8);
  }

  private static List<Map<String, String>> path(String address) {
    List<Map<String, String>> path = new ArrayList<>();
    for (String step : address.split("/", -1)) {
      int equals = step.indexOf('=');
      if (equals > 0) {
        path.add(Map.of(step.substring(0, equals), step.substring(equals + 1)));
      }
    }
    return path;
  }

  private static String json(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> json(entry.getKey()) + ":" + json(entry.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(WildFlyManagement::json).collect(Collectors.joining(",", "[", "]"));
    }
    return value instanceof String text
        ? '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
        : String.valueOf(value);
  }
}
