package dev.culvert.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Chromium without a window, with a page whose script asks for commands and tells the answers over
 * HTTP. The page comes from a server of its own, so that its origin is not that of the stream.
 */
final class Browser implements RealClient {

  private static final long POLL_SECONDS = 10;
  private static final List<String> OPTIONS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--disable-dev-shm-usage",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final HttpServer pages;
  private final Lines commands = new Lines();
  private final Lines said = new Lines();
  private final Process process;

  private Browser(String program) throws IOException {
    pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    pages.createContext("/", this::page);
    pages.createContext("/next", this::next);
    pages.createContext("/said", this::said);
    pages.setExecutor(workers);
    pages.start();
    Path home = WorkDirectory.create("chromium");
    ProcessBuilder builder = new ProcessBuilder(program);
    builder.command().addAll(OPTIONS);
    builder.command().add("--user-data-dir=" + home.resolve("profile"));
    builder.command().add(address() + "/");
    process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("chromium.log").toFile())
            .start();
  }

  static Browser start(String program) throws IOException {
    return new Browser(program);
  }

  private String address() {
    return "http://127.0.0.1:" + pages.getAddress().getPort();
  }

  private void page(HttpExchange exchange) throws IOException {
    try (InputStream page = Browser.class.getResourceAsStream("browser.html")) {
      exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
      answer(exchange, 200, page.readAllBytes());
    }
  }

  private void next(HttpExchange exchange) throws IOException {
    try {
      String command = commands.poll(POLL_SECONDS);
      answer(exchange, command.isEmpty() ? 202 : 200, command.getBytes(UTF_8));
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      exchange.close();
    }
  }

  private void said(HttpExchange exchange) throws IOException {
    said.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    answer(exchange, 200, new byte[0]);
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void send(String command) {
    commands.add(command);
  }

  @Override
  public String receive() throws InterruptedException {
    return said.require();
  }

  @Override
  public Optional<String> origin() {
    return Optional.of(address());
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    pages.stop(0);
    workers.shutdownNow();
  }
}
