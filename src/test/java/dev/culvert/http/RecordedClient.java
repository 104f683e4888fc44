package dev.culvert.http;

import dev.culvert.handshake.Headers;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** What a client was told. */
final class RecordedClient implements Client {

  private static final long SECONDS = 10;

  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final RecordedBody body = new RecordedBody();
  private volatile IntConsumer taken = count -> {};
  private volatile Headers headers = Headers.NONE;
  private volatile boolean taking = true;
  private volatile ProxiedExchange exchange;

  void begin(ProxiedExchange begun) {
    exchange = begun;
    begun.start();
  }

  ProxiedExchange exchange() {
    return exchange;
  }

  /** From now on nothing of the answer is taken. */
  void stall() {
    taking = false;
  }

  int status() throws Exception {
    return status.get(SECONDS, TimeUnit.SECONDS);
  }

  Headers headers() {
    return headers;
  }

  /** {@code end}, {@code broken} or {@code refused}. */
  String end() throws Exception {
    return end.get(SECONDS, TimeUnit.SECONDS);
  }

  String text() throws Exception {
    end();
    return body.text();
  }

  @Override
  public void head(Answer.Head head, IntConsumer whenTaken) {
    taken = whenTaken;
    headers = head.headers();
    status.complete(head.status());
  }

  @Override
  public void data(ByteBuffer bytes) {
    int count = body.add(bytes);
    if (taking) {
      taken.accept(count);
    }
  }

  @Override
  public void end(Headers trailers) {
    end.complete("end");
  }

  @Override
  public void broken(String detail) {
    end.complete("broken");
  }

  @Override
  public void refused(int refusal, Headers fields, String detail) {
    headers = fields;
    status.complete(refusal);
    end.complete("refused");
  }
}
