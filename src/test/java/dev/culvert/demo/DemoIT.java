package dev.culvert.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The run command's program, used as its instructions say. */
@Tag(ServerKind.ONLY_PAYARA)
class DemoIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern TURN =
      Pattern.compile("curl -sN (\\S+) \\\\\\R +-H 'Content-Type: (\\S+)' -d '(.+)'");
  private static final Pattern PAGE = Pattern.compile("Browser +http(://\\S+)");

  private Process demo;
  private Path output;

  @AfterEach
  void kill() {
    List<ProcessHandle> children = demo.descendants().toList();
    demo.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void redeploysAtEnterWhileTheStreamGoesOnAndTakesItsServerAlongAtTheEnd() throws Exception {
    start();
    String instructions = awaitOutput(Instructions.READY);
    await().atMost(LIMIT).until(() -> PAGE.matcher(output()).find());
    Matcher page = PAGE.matcher(output());
    assertThat(page.find()).as(instructions).isTrue();
    assertThat(lastEventOfATurn()).contains("\"cached_tokens\":0");
    assertThat(lastEventOfATurn()).contains("\"cached_tokens\":5");
    try (Ticks ticks = new Ticks(URI.create("ws" + page.group(1) + Demo.DETACHED));
        Ticks closing = new Ticks(URI.create("ws" + page.group(1) + Demo.CLOSE))) {
      assertThat(ticks.nextTick()).isEqualTo(1);

      pressEnter();
      awaitOutput("Redeployed: deployment 2 is up");
      assertThat(closing.end()).isEqualTo("closed 1001");
      assertThat(serverLog()).contains("CULVERT-G003 gateway stopped");
      assertThat(lastEventOfATurn()).contains("\"cached_tokens\":5");

      int during = ticks.waiting();
      for (int tick = 2; tick <= during + 3; tick++) {
        assertThat(ticks.nextTick()).isEqualTo(tick);
      }
    }
    List<ProcessHandle> servers = demo.children().toList();
    assertThat(servers).hasSize(1);

    demo.destroy();

    await().atMost(LIMIT).until(() -> !demo.isAlive() && !servers.get(0).isAlive());
    assertThat(output()).endsWith("Ending Payara Micro ...\n");
    assertThat(serverLog()).doesNotContain("SEVERE", "CULVERT-G016", "CULVERT-G006");
  }

  /** Asks what the instructions say. */
  private String lastEventOfATurn() throws IOException, InterruptedException {
    await().atMost(LIMIT).until(() -> TURN.matcher(output()).find());
    Matcher turn = TURN.matcher(output());
    assertThat(turn.find()).isTrue();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(turn.group(1)))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(LIMIT)
            .header("Content-Type", turn.group(2))
            .POST(BodyPublishers.ofString(turn.group(3)))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, BodyHandlers.ofString(UTF_8));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    String[] events = answer.body().split("\n\n", -1);
    assertThat(events[events.length - 2]).startsWith("event: response.completed");
    return events[events.length - 2];
  }

  private void start() throws IOException {
    Path home = WorkDirectory.create("demo");
    output = home.resolve("output.txt");
    demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                property("culvert.war"),
                property("culvert.payara-micro"),
                "-Ddemo.home=" + home.resolve("demo"),
                "-cp",
                System.getProperty("java.class.path"),
                Demo.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
  }

  private static String property(String name) {
    return "-D" + name + "=" + WorkDirectory.required(name);
  }

  private void pressEnter() throws IOException {
    Writer keyboard = demo.outputWriter(UTF_8);
    keyboard.write("\n");
    keyboard.flush();
  }

  private String awaitOutput(String text) {
    return await(text).atMost(LIMIT).until(this::output, now -> now.contains(text));
  }

  private String serverLog() throws IOException {
    return Files.readString(output.resolveSibling("demo/server.log"), UTF_8);
  }

  private String output() throws IOException {
    return Files.readString(output, UTF_8);
  }
}
