package dev.culvert.route;

import dev.culvert.config.HedgeRules;
import dev.culvert.config.Route;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedResponse;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.Trailers;
import dev.culvert.http.Answer;
import dev.culvert.http.Client;
import dev.culvert.http.ProxiedExchange;
import dev.culvert.provider.Ask;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * One request of a client of a route in mode {@code http}, from its head to the end of the answer.
 * {@link #start} runs on the server's thread and returns; no thread waits for either side.
 */
final class HttpExchange implements Client, HttpInput.Events, HttpOutput.Events {

  private final Gateway gateway;
  private final Route route;
  private final AsyncContext async;
  private final HttpServletRequest http;
  private final long longestBody;
  private final HttpReport report;
  private final Optional<HttpInput> input;
  private final HttpOutput output;
  private final ProxiedExchange proxied;

  /** The server's thread while it is in {@link #start}. */
  private volatile Thread own = Thread.currentThread();

  private final AnswerState state = new AnswerState();

  /** Whether the client gets an upstream's answer. */
  private volatile boolean passing;

  /** Bytes of the upstream's body; the transport's threads, one at a time. */
  private long received;

  /**
   * @param async of the request, just begun
   * @param longestBody of the request, in bytes; 0 = no limit
   */
  HttpExchange(
      Gateway gateway,
      Route route,
      HttpPlan plan,
      Ask ask,
      AsyncContext async,
      long longestBody,
      HttpReport report) {
    this.gateway = gateway;
    this.route = route;
    this.async = async;
    this.http = (HttpServletRequest) async.getRequest();
    this.longestBody = longestBody;
    this.report = report;
    this.input =
        plan.request().hasBody()
            ? Optional.of(new HttpInput(http, plan::trailers, longestBody, this))
            : Optional.empty();
    this.output =
        new HttpOutput(
            (HttpServletResponse) async.getResponse(),
            route.limits().idleTimeout(),
            gateway.exchanges().transport().timer(),
            System::nanoTime,
            this);
    this.proxied =
        new ProxiedExchange(
            gateway.exchanges().transport(),
            gateway.providers().attempts(route, ask),
            plan,
            new ProxiedExchange.Request(
                http.getMethod(), input.map(HttpInput::content), hedge(plan)),
            this,
            gateway.providerEvents());
  }

  private HedgeRules hedge(HttpPlan plan) {
    boolean streaming =
        plan.request().headers().tokens("Accept").stream()
            .anyMatch(type -> type.toLowerCase(Locale.ROOT).startsWith("text/event-stream"));
    return streaming ? route.hedge() : HedgeRules.NONE;
  }

  void start() {
    try {
      async.addListener(new ClientGone(() -> gone("closed")));
      if (!gateway.exchanges().enter(this)) {
        Refusal ending = Refusal.unavailable("deployment: ending");
        refused(ending.status(), ending.headers(), ending.detail());
        return;
      }
      if (input.isPresent()) {
        input.get().begin();
      }
      proxied.start();
    } catch (IOException | IllegalStateException e) {
      gone("request: " + e);
    } finally {
      own = null;
    }
  }

  @Override
  public void head(Answer.Head head, IntConsumer taken) {
    ProxiedResponse response =
        ProxiedResponse.build(head.status(), head.headers(), head.length() >= 0, route);
    if (response instanceof Refusal refusal) {
      proxied.abort();
      refused(refusal.status(), refusal.headers(), refusal.detail());
      return;
    }
    long most = route.http().maxResponse();
    if (most > 0 && head.hasBody() && head.length() > most) {
      proxied.abort();
      refused(
          502,
          Headers.NONE,
          "Content-Length: " + head.length() + " (expected: at most " + most + ")");
      return;
    }
    if (!state.begin(head.status())) {
      return; // whoever was first aborts the upstream
    }
    passing = true;
    boolean lengthSaid = head.status() != 204 && head.status() != 304;
    send((ProxiedResponse.Ready) response, lengthSaid ? head.length() : -1, head.hasBody(), taken);
  }

  @Override
  public void data(ByteBuffer bytes) {
    if (!passing) {
      return;
    }
    received += bytes.remaining();
    long most = route.http().maxResponse();
    if (most > 0 && received > most) {
      proxied.abort();
      broken("body: longer than " + most + " bytes");
      return;
    }
    output.add(bytes);
  }

  @Override
  public void end(Headers trailers) {
    if (passing) {
      output.end(Trailers.passedOn(trailers, route.responseHeaders()));
    }
  }

  @Override
  public void broken(String detail) {
    if (state.finish()) {
      report.ended(502, "broken off: " + detail);
      breakOff();
    }
  }

  /** The client must not take what it has for all. */
  private void breakOff() {
    output.stop();
    input.ifPresent(HttpInput::stop);
    try {
      boolean unused = gateway.host().abort(http);
    } catch (RuntimeException | LinkageError e) { // the server may have ended it meanwhile
      System.getLogger("dev.culvert.http")
          .log(System.Logger.Level.DEBUG, "the server's exchange cannot be ended", e);
    } finally {
      complete();
    }
  }

  @Override
  public void refused(int refusal, Headers headers, String detail) {
    boolean unused = refuse(refusal, headers, detail);
  }

  /** Whether the answer is this one: there was none. */
  private boolean refuse(int refusal, Headers headers, String detail) {
    if (!state.begin(refusal)) {
      return false;
    }
    report.ended(refusal, detail);
    byte[] body = (refusal + "\n").getBytes(StandardCharsets.UTF_8);
    Headers fields = headers.with("Content-Type", "text/plain;charset=utf-8");
    send(new ProxiedResponse.Ready(refusal, fields, false), body.length, true, count -> {});
    output.add(ByteBuffer.wrap(body));
    output.end(Headers.NONE);
    return true;
  }

  private void send(ProxiedResponse.Ready head, long length, boolean hasBody, IntConsumer taken) {
    if (input.isPresent() && input.get().isAwaited()) {
      output.sendHeadFirst();
    }
    whenReturned(() -> sendHere(head, length, hasBody, taken));
  }

  /** On this thread, unless the server's own is still at work on the exchange. */
  @Override
  public void whenReturned(Runnable task) {
    if (Thread.currentThread() == own || ServerThread.hasReturned(http)) {
      run(task);
    } else {
      gateway
          .exchanges()
          .execute(
              () -> {
                ServerThread.awaitReturn(http);
                run(task);
              });
    }
  }

  /** Nobody else would end the exchange: threads of ours drop what a task throws. */
  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      if (state.finish()) {
        report.ended(HttpServletResponse.SC_INTERNAL_SERVER_ERROR, "fault: " + e);
        proxied.abort();
        breakOff();
      }
    }
  }

  @Override
  public void listen(boolean flushed, Runnable setting) {
    gateway.host().setWriteListener(http, flushed, setting);
  }

  private void sendHere(
      ProxiedResponse.Ready head, long length, boolean hasBody, IntConsumer taken) {
    try {
      output.begin(head, length, hasBody, taken);
    } catch (IOException | IllegalStateException e) {
      gone("answer: " + e);
    }
  }

  @Override
  public void done() {
    if (state.finish()) {
      report.answered(state.status());
      input.ifPresent(HttpInput::stop);
      gateway.host().complete(http, this::complete);
    }
  }

  @Override
  public void tooLong() {
    breakIn(413, "body: longer than " + longestBody + " bytes");
  }

  @Override
  public void malformed(String detail) {
    breakIn(HttpServletResponse.SC_BAD_REQUEST, detail);
  }

  @Override
  public void gone(String detail) {
    if (state.finish()) {
      report.ended(HttpReport.CLIENT_GONE, detail);
      try {
        abort();
      } finally { // whatever becomes of the abort
        output.stop();
        input.ifPresent(HttpInput::stop);
        complete();
      }
    }
  }

  /**
   * Grizzly tells that the client has gone within a write of ours, under the lock of the output.
   * Whoever brings a piece of the answer waits for that lock and has what an abort needs.
   */
  private void abort() {
    if (Thread.holdsLock(output)) {
      gateway.exchanges().execute(proxied::abort);
    } else {
      proxied.abort();
    }
  }

  @Override
  public void idle(String detail) {
    if (state.finish()) {
      report.ended(HttpServletResponse.SC_REQUEST_TIMEOUT, detail);
      breakOff();
    }
  }

  /** The deployment ends. */
  void cutOff(String detail) {
    breakIn(503, detail);
  }

  /** The deployment has ended, and nobody waits for the client any more. */
  void abandon() {
    if (state.finish()) {
      report.ended(HttpReport.CLIENT_GONE, "the client has not taken the answer in time");
      breakOff();
    }
  }

  /** Ends the exchange with an answer; where one has begun, without the rest of that. */
  private void breakIn(int status, String detail) {
    proxied.abort();
    if (!refuse(status, Headers.of("Connection", "close"), detail)) {
      broken(detail);
    }
  }

  private void complete() {
    try {
      async.complete();
    } catch (IllegalStateException e) {
      System.getLogger("dev.culvert.http")
          .log(System.Logger.Level.DEBUG, "the server had ended the exchange: {0}", e.getMessage());
    } finally {
      gateway.exchanges().leave(this);
    }
  }
}
