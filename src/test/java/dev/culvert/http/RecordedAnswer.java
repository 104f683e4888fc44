package dev.culvert.http;

import dev.culvert.handshake.Headers;
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
  private final RecordedBody body = new RecordedBody();
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
    answer.call.offered();
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
    return body.text();
  }

  int received() {
    return body.size();
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
    int count = body.add(bytes);
    if (taking) {
      call.taken(count);
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
