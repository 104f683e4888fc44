package dev.culvert.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.culvert.handshake.Headers;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** What an upstream answered. Takes all data at once, unless told otherwise. */
final class RecordedAnswer implements Answer {

  private static final long SECONDS = 10;

  private final CompletableFuture<Head> head = new CompletableFuture<>();
  private final CompletableFuture<Optional<Fault>> end = new CompletableFuture<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private volatile Headers trailers = Headers.NONE;
  private volatile boolean taking = true;
  private volatile UpstreamCall call;

  /** Begins a call that tells this answer. */
  static RecordedAnswer of(Function<Answer, UpstreamCall> calls) {
    return begun(calls, new RecordedAnswer());
  }

  /** The same, and takes nothing of the body. */
  static RecordedAnswer notTaking(Function<Answer, UpstreamCall> calls) {
    RecordedAnswer answer = new RecordedAnswer();
    answer.taking = false;
    return begun(calls, answer);
  }

  private static RecordedAnswer begun(Function<Answer, UpstreamCall> calls, RecordedAnswer answer) {
    answer.call = calls.apply(answer);
    answer.call.start();
    return answer;
  }

  UpstreamCall call() {
    return call;
  }

  Head head() throws Exception {
    return head.get(SECONDS, TimeUnit.SECONDS);
  }

  /** What broke it off; empty when it is complete. */
  Optional<Fault> end() throws Exception {
    return end.get(SECONDS, TimeUnit.SECONDS);
  }

  String text() throws Exception {
    end();
    synchronized (body) {
      return body.toString(ISO_8859_1);
    }
  }

  int received() {
    synchronized (body) {
      return body.size();
    }
  }

  Headers trailers() {
    return trailers;
  }

  @Override
  public void head(Head received) {
    head.complete(received);
  }

  @Override
  public void data(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    synchronized (body) {
      body.writeBytes(copy);
    }
    if (taking) {
      call.taken(copy.length);
    }
  }

  @Override
  public void end(Headers fields) {
    trailers = fields;
    end.complete(Optional.empty());
  }

  @Override
  public void failed(Fault fault) {
    end.complete(Optional.of(fault));
  }
}
