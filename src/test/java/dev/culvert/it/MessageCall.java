package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.testkit.StreamedEntity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * A call as gRPC makes it, over HTTP/2: messages of both sides, framed with their lengths, while
 * neither body has an end, and the status in the trailers. Any thread; every wait ends after ten
 * seconds.
 */
final class MessageCall {

  private static final long LIMIT_SECONDS = 30;

  /** One byte that says whether it is compressed, four of the length. */
  private static final int PREFIX = 5;

  private final Sent sent = new Sent();
  private final Received received = new Received();

  private MessageCall() {}

  /** Sends the head of the request. */
  static MessageCall begin(CloseableHttpAsyncClient client, URI uri) {
    BasicHttpRequest head = new BasicHttpRequest("POST", uri);
    head.addHeader("TE", "trailers");
    MessageCall call = new MessageCall();
    var unused =
        client.execute(
            new BasicRequestProducer(head, call.sent), call.received, null, call.received);
    return call;
  }

  /** Sends a message. */
  void send(String text) {
    byte[] message = text.getBytes(UTF_8);
    ByteBuffer framed = ByteBuffer.allocate(PREFIX + message.length);
    framed.put((byte) 0).putInt(message.length).put(message).flip();
    sent.add(framed);
  }

  /** Ends the body of the request. */
  void end() {
    sent.end();
  }

  /** The status of the answer, as soon as its head is here. */
  int status() throws Exception {
    return received.status.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * The next message of the other side.
   *
   * @throws IllegalStateException when there is none in time
   */
  String next() throws InterruptedException {
    String message = received.messages.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new IllegalStateException("messages: none (expected: one); " + received.trailers);
    }
    return message;
  }

  /** The trailers, once the answer is at its end. */
  Map<String, String> trailers() throws Exception {
    return received.trailers.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** The body of the request. */
  private static final class Sent extends StreamedEntity {

    // Guarded by this.
    private final Queue<ByteBuffer> messages = new ArrayDeque<>();
    private boolean complete;
    private boolean ended;
    private DataStreamChannel channel;

    Sent() {
      super("application/grpc");
    }

    synchronized void add(ByteBuffer message) {
      messages.add(message);
      wake();
    }

    synchronized void end() {
      complete = true;
      wake();
    }

    private void wake() {
      if (channel != null) {
        channel.requestOutput();
      }
    }

    @Override
    public synchronized int available() {
      return channel != null && messages.isEmpty() && (!complete || ended) ? 0 : 1;
    }

    @Override
    public synchronized void produce(DataStreamChannel opened) throws IOException {
      channel = opened;
      while (!messages.isEmpty()) {
        channel.write(messages.peek());
        if (messages.peek().hasRemaining()) {
          return; // called again when there is room
        }
        messages.remove();
      }
      if (complete && !ended) {
        ended = true;
        channel.endStream();
      }
    }
  }

  /** The answer; the library's threads, one at a time. */
  private static final class Received implements AsyncResponseConsumer<Void>, FutureCallback<Void> {

    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Map<String, String>> trailers = new CompletableFuture<>();
    private ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private FutureCallback<Void> whole;

    @Override
    public void consumeResponse(
        HttpResponse response,
        EntityDetails entity,
        HttpContext context,
        FutureCallback<Void> callback) {
      whole = callback;
      status.complete(response.getCode());
      if (entity == null) {
        streamEnd(List.of());
      }
    }

    @Override
    public void informationResponse(HttpResponse response, HttpContext context) {}

    @Override
    public void updateCapacity(CapacityChannel channel) throws IOException {
      channel.update(Integer.MAX_VALUE);
    }

    @Override
    public void consume(ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      begun.writeBytes(copy);
      ByteBuffer all = ByteBuffer.wrap(begun.toByteArray());
      while (all.remaining() >= PREFIX && all.remaining() >= PREFIX + all.getInt(lengthAt(all))) {
        byte[] message = new byte[all.getInt(lengthAt(all))];
        all.position(all.position() + PREFIX).get(message);
        messages.add(new String(message, UTF_8));
      }
      begun = new ByteArrayOutputStream();
      begun.write(all.array(), all.position(), all.remaining());
    }

    private static int lengthAt(ByteBuffer all) {
      return all.position() + 1;
    }

    @Override
    public void streamEnd(List<? extends Header> fields) {
      trailers.complete(
          fields == null
              ? Map.of()
              : fields.stream().collect(Collectors.toMap(Header::getName, Header::getValue)));
      whole.completed(null);
    }

    @Override
    public void completed(Void nothing) {}

    @Override
    public void failed(Exception cause) {
      status.completeExceptionally(cause);
      trailers.completeExceptionally(cause);
    }

    @Override
    public void cancelled() {
      failed(new IllegalStateException("cancelled"));
    }

    @Override
    public void releaseResources() {}
  }
}
