package dev.culvert.host.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.InstanceHandle;
import io.undertow.servlet.util.ImmediateInstanceHandle;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that a thread of ours begins and ends, on a real Undertow. */
@Timeout(30)
class UndertowAnswersTest {

  private final Turns workers = new Turns();
  private final BlockingQueue<AsyncContext> exchanges = new LinkedBlockingQueue<>();
  private final UndertowTakeOver takeOver = new UndertowTakeOver(Runnable::run);
  private Undertow server;

  @AfterEach
  void stop() {
    server.stop();
    workers.pool.shutdownNow();
  }

  @Test
  void a_write_listener_takes_no_turn_of_a_worker() throws Exception {
    start(deployment());
    CompletableFuture<String> answer = get();
    AsyncContext exchange = suspended();
    int before = workers.count.get();

    listen(exchange, "answer");

    assertThat(answer.get()).isEqualTo("answer");
    assertThat(workers.count.get()).isEqualTo(before);
  }

  @Test
  void the_end_of_an_answer_takes_no_turn_of_a_worker() throws Exception {
    start(deployment());
    CompletableFuture<String> answer = get();
    AsyncContext exchange = suspended();
    int before = workers.count.get();

    answerEarly(exchange);

    assertThat(answer.get()).isEqualTo("early");
    assertThat(workers.count.get()).isEqualTo(before);
  }

  @Test
  void what_may_wait_for_the_client_stays_with_the_workers() throws Exception {
    start(deployment());
    CompletableFuture<String> answer = get();
    listen(suspended(), "first");
    answer.get();
    CompletableFuture<String> next = get();
    AsyncContext exchange = suspended();
    int before = workers.count.get();

    exchange.complete();

    assertThat(next.get()).isEmpty();
    assertThat(workers.count.get()).isEqualTo(before + 1);
  }

  @Test
  void an_answer_before_the_end_of_its_request_leaves_the_connection_usable() throws Exception {
    start(deployment());
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port())) {
      client.setSoTimeout(10_000);
      OutputStream out = client.getOutputStream();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
      out.write(
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
              .getBytes(StandardCharsets.UTF_8));
      answerEarly(suspended());
      assertThat(in.readLine()).startsWith("HTTP/1.1 200");

      out.write("0\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.UTF_8));

      listen(suspended(), "next");
      assertThat(in.lines().dropWhile(line -> !line.startsWith("earlyHTTP/1.1 200")).findFirst())
          .isPresent();
    }
  }

  @Test
  void a_client_that_waits_to_be_asked_for_its_body_is_not_asked_after_the_answer()
      throws Exception {
    start(deployment());
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port())) {
      client.setSoTimeout(10_000);
      String head =
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
      client.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));

      answerEarly(suspended());

      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
      assertThat(in.readLine()).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void nothing_stays_with_the_deployment() throws Exception {
    DeploymentInfo deployment = deployment();
    DeploymentManager manager = start(deployment);
    CompletableFuture<String> answer = get();
    AsyncContext exchange = suspended();

    listen(exchange, "answer");

    answer.get();
    assertThat(manager.getDeployment().getDeploymentInfo().getAsyncExecutor()).isNull();
  }

  @Test
  void an_executor_of_the_deployment_is_left_in_its_place() throws Exception {
    Turns own = new Turns();
    try {
      start(deployment().setAsyncExecutor(own));
      CompletableFuture<String> answer = get();

      listen(suspended(), "answer");

      assertThat(answer.get()).isEqualTo("answer");
      assertThat(own.count.get()).isEqualTo(1);
    } finally {
      own.pool.shutdownNow();
    }
  }

  private void answerEarly(AsyncContext exchange) throws IOException, InterruptedException {
    CountDownLatch ready = new CountDownLatch(1);
    ServletOutputStream out = exchange.getResponse().getOutputStream();
    takeOver.setWriteListener(
        exchange.getRequest(), false, () -> out.setWriteListener(new Ready(ready)));
    ready.await();
    out.write("early".getBytes(StandardCharsets.UTF_8));
    takeOver.complete(exchange.getRequest(), exchange::complete);
  }

  private void listen(AsyncContext exchange, String answer) throws IOException {
    ServletOutputStream out = exchange.getResponse().getOutputStream();
    Answer listener = new Answer(exchange, out, answer);
    takeOver.setWriteListener(exchange.getRequest(), false, () -> out.setWriteListener(listener));
  }

  private DeploymentInfo deployment() {
    return Servlets.deployment()
        .setClassLoader(UndertowAnswersTest.class.getClassLoader())
        .setContextPath("/")
        .setDeploymentName("test.war")
        .setExecutor(workers)
        .addServlet(
            Servlets.servlet("suspending", Suspending.class, () -> handle(new Suspending()))
                .setAsyncSupported(true)
                .addMapping("/"));
  }

  private static InstanceHandle<Servlet> handle(Servlet servlet) {
    return new ImmediateInstanceHandle<>(servlet);
  }

  private DeploymentManager start(DeploymentInfo deployment) throws Exception {
    DeploymentManager manager = Servlets.defaultContainer().addDeployment(deployment);
    manager.deploy();
    server = Undertow.builder().addHttpListener(0, "127.0.0.1").setHandler(manager.start()).build();
    server.start();
    return manager;
  }

  private int port() {
    return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  private CompletableFuture<String> get() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/"))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    return HttpClient.newHttpClient()
        .sendAsync(request, BodyHandlers.ofString())
        .thenApply(HttpResponse::body);
  }

  /** The next exchange, when the worker that began it has left it. */
  private AsyncContext suspended() throws InterruptedException {
    AsyncContext exchange = exchanges.take();
    Awaitility.await().until(() -> workers.running.get() == 0);
    return exchange;
  }

  /** Counts the tasks. */
  private static final class Turns implements Executor {
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();

    @Override
    public void execute(Runnable task) {
      count.incrementAndGet();
      running.incrementAndGet();
      pool.execute(
          () -> {
            try {
              task.run();
            } finally {
              running.decrementAndGet();
            }
          });
    }
  }

  private final class Suspending extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
      AsyncContext exchange = request.startAsync();
      exchange.setTimeout(0);
      exchanges.add(exchange);
    }
  }

  private record Ready(CountDownLatch ready) implements WriteListener {
    @Override
    public void onWritePossible() {
      ready.countDown();
    }

    @Override
    public void onError(Throwable cause) {}
  }

  private record Answer(AsyncContext exchange, ServletOutputStream out, String body)
      implements WriteListener {
    @Override
    public void onWritePossible() throws IOException {
      if (out.isReady()) {
        out.write(body.getBytes(StandardCharsets.UTF_8));
        exchange.complete();
      }
    }

    @Override
    public void onError(Throwable cause) {
      exchange.complete();
    }
  }
}
