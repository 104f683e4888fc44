package dev.culvert.route;

import dev.culvert.thread.ServerLoader;
import dev.culvert.turn.JsonClient;
import dev.culvert.turn.RequestMemory;
import dev.culvert.turn.Turn;
import dev.culvert.turn.TurnEnd;
import dev.culvert.turn.TurnRequest;
import dev.culvert.turn.UnderWay;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/**
 * One turn of an HTTP client, from its {@code POST} to the end of the answer. {@link #start} runs
 * on the server's thread and returns; no thread waits for the body, the upstream or its events.
 */
final class TurnExchange implements RequestBody.Reader, UnderWay {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  private static final String LIMIT = "body: longer than " + TurnRequest.MAX_BYTES + " bytes";

  private final Thread own = Thread.currentThread();
  private final Turns turns;
  private final TurnStarter starter;
  private final HttpServletRequest http;
  private final ServletAnswer answer;
  private final Duration patience;

  /** Closed when the body has been read, or nobody wants it any more. */
  private final RequestMemory.Share memory;

  // Guarded by this.
  private Optional<Turn> turn = Optional.empty();
  private Optional<String> end = Optional.empty();
  private boolean answered;
  private Runnable disarm = () -> {};

  private Optional<RequestBody> arriving = Optional.empty();

  /** Of a body that comes in pieces, in bytes; -1 = it has not said. */
  private long declared = -1;

  /**
   * @param async of the request, just begun
   * @param patience longest wait for a piece of the body
   */
  TurnExchange(
      Turns turns,
      TurnStarter starter,
      AsyncContext async,
      ServletAnswer answer,
      Duration patience) {
    this.turns = turns;
    this.starter = starter;
    this.http = (HttpServletRequest) async.getRequest();
    this.answer = answer;
    this.patience = patience;
    this.memory = turns.memory().share();
    async.addListener(new ClientGone(this::abort));
  }

  void start() {
    if (!turns.enter(this)) {
      refuse(
          HttpServletResponse.SC_SERVICE_UNAVAILABLE, TurnEnd.SHUTTING_DOWN, "deployment: ending");
      return;
    }
    if (http.getContentLengthLong() > TurnRequest.MAX_BYTES) {
      refuse(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, TurnEnd.TOO_LARGE, LIMIT);
      return;
    }
    progress();
    try {
      read();
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
  }

  /**
   * A body that came with the head is taken at once. For such a one Payara announces both data and
   * their end, each on a thread of its own; the second may come when the exchange is over, and
   * fails.
   */
  private void read() throws IOException {
    ServletInputStream in = http.getInputStream();
    int length = http.getContentLength();
    synchronized (this) {
      declared = http.getContentLengthLong();
    }
    if (length >= 0 && in.available() >= length) {
      byte[] body = in.readNBytes(length);
      arrived();
      if (length <= TurnRequest.SHORT) {
        begin(body);
      } else {
        beginElsewhere(body);
      }
      return;
    }
    if (length > 0 && in.isFinished() && in.available() == 0) { // HTTP/2; Undertow tells nothing
      complete(new byte[0]);
      return;
    }
    RequestBody body =
        new RequestBody(in, http.getContentLengthLong(), TurnRequest.MAX_BYTES, memory, this);
    synchronized (this) {
      arriving = Optional.of(body);
    }
    ServerLoader.run(() -> in.setReadListener(body)); // Payara may begin a thread
  }

  @Override
  public synchronized void progress() {
    disarm.run();
    disarm =
        turns
            .threads()
            .timer()
            .after(
                patience,
                () ->
                    refuse(
                        HttpServletResponse.SC_REQUEST_TIMEOUT,
                        "request_timeout",
                        "body: nothing for " + patience));
  }

  private synchronized void arrived() {
    disarm.run();
  }

  @Override
  public void complete(byte[] body) {
    arrived();
    size(body)
        .fault()
        .ifPresentOrElse(
            fault ->
                refuseElsewhere(HttpServletResponse.SC_BAD_REQUEST, TurnEnd.BAD_REQUEST, fault),
            () -> beginElsewhere(body));
  }

  private synchronized DeclaredLength size(byte[] body) {
    DeclaredLength size = new DeclaredLength(declared);
    size.add(body.length);
    return size;
  }

  private void beginElsewhere(byte[] body) {
    turns.threads().execute(() -> begin(body));
  }

  @Override
  public void tooLong() {
    arrived();
    refuseElsewhere(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, TurnEnd.TOO_LARGE, LIMIT);
  }

  @Override
  public void crowded() {
    arrived();
    refuseElsewhere(
        HttpServletResponse.SC_SERVICE_UNAVAILABLE, TurnEnd.OVERLOADED, memory.refusal());
  }

  @Override
  public void failed(Throwable cause) {
    arrived();
    refuseElsewhere(HttpServletResponse.SC_BAD_REQUEST, TurnEnd.BAD_REQUEST, "body: broken off");
  }

  /**
   * Not on the thread that brought the body: on WildFly it may be an I/O thread, which must not
   * wait for the rest of the request, as the server does at the end of the exchange.
   */
  private void refuseElsewhere(int status, String code, String detail) {
    turns.threads().execute(() -> refuse(status, code, detail));
  }

  private void begin(byte[] body) {
    try {
      prepare(body);
    } finally {
      memory.close();
    }
  }

  private void prepare(byte[] body) {
    if (!claim()) {
      return;
    }
    // The turn begins meanwhile; its upstream takes longer than the server's thread.
    LastAnswer last = new LastAnswer(answer, this::awaitReturn, () -> turns.leave(this));
    Optional<Turn> begun;
    try {
      begun = starter.prepare(body, last, this::abort);
    } catch (Throwable e) { // an Error too must not leave the client without an answer
      fault(last, e);
      return;
    }
    Optional<String> cut;
    synchronized (this) {
      turn = begun;
      cut = end;
    }
    begun.ifPresent(
        running -> {
          cut.ifPresent(running::cutOff);
          running.start(turns.threads());
        });
  }

  /** Other threads than the server's own begin the answer when that one has returned. */
  private void awaitReturn() {
    if (Thread.currentThread() != own) {
      ServerThread.awaitReturn(http);
    }
  }

  private static void fault(LastAnswer answer, Throwable cause) {
    try {
      LOG.log(Level.ERROR, "CULVERT-T001 a turn failed", cause);
    } finally {
      if (!answer.isFinished()) {
        new JsonClient(answer).ended(TurnEnd.Refused.of(500, "server_error", "fault"));
      }
    }
  }

  /** Whether this call is the one that answers. */
  private synchronized boolean claim() {
    boolean first = !answered;
    answered = true;
    return first;
  }

  private Optional<Turn> running() {
    synchronized (this) {
      return turn;
    }
  }

  private void abort() {
    running().ifPresent(Turn::abort);
  }

  /** It is one turn, or will be. */
  @Override
  public void refuseNew() {}

  /** It ends after its turn anyway. */
  @Override
  public void drain() {}

  @Override
  public int turns() {
    return 1;
  }

  @Override
  public void cutOff(String detail) {
    Optional<Turn> running;
    synchronized (this) {
      end = Optional.of(detail);
      running = turn;
    }
    running.ifPresentOrElse(
        under -> under.cutOff(detail),
        () -> refuse(HttpServletResponse.SC_SERVICE_UNAVAILABLE, TurnEnd.SHUTTING_DOWN, detail));
  }

  /** What has come of the body, which the server's exchange may keep for as long as it lasts. */
  private void forget() {
    Optional<RequestBody> unwanted;
    synchronized (this) {
      unwanted = arriving;
    }
    unwanted.ifPresent(RequestBody::drop);
    memory.close();
  }

  /** Answers a request that does not become a turn. */
  private void refuse(int status, String code, String detail) {
    forget();
    if (claim()) {
      starter.refused();
      new JsonClient(new LastAnswer(answer, this::awaitReturn, () -> turns.leave(this)))
          .ended(TurnEnd.Refused.of(status, code, detail));
    }
  }
}
