package dev.culvert.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.culvert.handshake.Headers;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** What a client was told. */
final class RecordedClient implements Client {

  private static final long SECONDS = 10;

  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
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
    synchronized (body) {
      return body.toString(ISO_8859_1);
    }
  }

  @Override
  public void head(Answer.Head head, IntConsumer whenTaken) {
    taken = whenTaken;
    headers = head.headers();
    status.complete(head.status());
  }

  @Override
  public void data(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    synchronized (body) {
      body.writeBytes(copy);
    }
    if (taking) {
      taken.accept(copy.length);
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
