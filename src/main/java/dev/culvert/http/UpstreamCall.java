package dev.culvert.http;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;

/**
 * One request to one upstream, and its answer. The library calls from a thread of its own, once the
 * call has begun; other threads may cancel it and say what has been taken.
 */
public final class UpstreamCall {

  /** Room that is told of at once; small beside the window of the library. */
  private static final int CREDIT = 16 * 1024;

  private final Transport transport;
  private final Destination destination;
  private final ProxiedRequest.Ready request;
  private final Optional<RequestContent> content;
  private final Limits limits;
  private final Answer answer;

  /** Set once the client has the request; a cancellation before that one is remembered. */
  private Future<Void> running;

  /** Set once there is a connection. */
  private Cancellable executing = () -> false;

  // Guarded by this, as the above.
  private boolean cancelled;
  private int credit;
  private CapacityChannel capacity;
  private Runnable disarm = () -> {};

  /** When something last went either way, {@link System#nanoTime}. */
  private volatile long touched = System.nanoTime();

  /** The upstream may act on what has reached it. */
  private volatile boolean sent;

  private volatile boolean headReceived;

  /** Set when the upstream takes the body; the transport's threads'. */
  private volatile RequestContent.Cursor cursor;

  /** The body of the request has gone, or there was none. */
  private volatile boolean requestEnded;

  /** Calls of the library come one after the other. */
  private volatile boolean over;

  /**
   * Limits of a call.
   *
   * @param timeouts of its connection
   * @param response from the last of the request to the head; zero = none
   * @param idle without a byte either way behind the head; zero = none
   */
  public record Limits(Timeouts timeouts, Duration response, Duration idle) {}

  /**
   * Prepares a call.
   *
   * @param content the body; empty when there is none
   * @param answer told what comes, until the call has ended or was cancelled
   */
  public UpstreamCall(
      Transport transport,
      Destination destination,
      ProxiedRequest.Ready request,
      Optional<RequestContent> content,
      Limits limits,
      Answer answer) {
    this.transport = transport;
    this.destination = destination;
    this.request = request;
    this.content = content;
    this.limits = limits;
    this.answer = answer;
    this.requestEnded = content.isEmpty();
  }

  /** Begins, here or, when the name of the host must be looked up, on another thread. */
  public void start() {
    if (transport.knowsName(destination)) {
      begin();
    } else {
      transport.lookups().execute(this::begin);
    }
  }

  private void begin() {
    try {
      Transport.Carrier carrier = transport.carrier(destination);
      HttpClientContext context = carrier.context();
      context.setRequestConfig(config());
      limits.timeouts().into(context);
      sent = !carrier.tells();
      Connected.tell(context, this::connected);
      HttpHost target =
          new HttpHost(
              destination.address().secure() ? "https" : "http",
              destination.host(),
              destination.address().port());
      Future<Void> future =
          carrier.client().execute(target, new Producer(), new Consumer(), null, context, null);
      boolean late;
      synchronized (this) {
        running = future;
        late = cancelled;
      }
      if (late) {
        future.cancel(true);
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** A connection is there, and the head of the request goes out. */
  private void connected(Cancellable execution) {
    touch();
    sent = content.isEmpty();
    boolean late;
    synchronized (this) {
      executing = execution;
      late = cancelled;
    }
    if (late) {
      execution.cancel();
    }
    watch();
  }

  private RequestConfig config() {
    return RequestConfig.custom()
        .setAuthenticationEnabled(false)
        .setProtocolUpgradeEnabled(false)
        .setConnectionRequestTimeout(Timeout.of(limits.timeouts().connect()))
        .build();
  }

  /** Breaks the exchange off; nothing is told any more. */
  public void cancel() {
    over = true;
    stop();
  }

  private void stop() {
    Future<Void> future;
    Cancellable execution;
    synchronized (this) {
      cancelled = true;
      future = running;
      execution = executing;
      disarm.run();
    }
    closeCursor();
    execution.cancel();
    if (future != null) {
      future.cancel(true);
    }
  }

  private void closeCursor() {
    RequestContent.Cursor taking = cursor;
    if (taking != null) {
      taking.close();
    }
  }

  /** So many bytes of the answer have gone to the client. */
  public void taken(int bytes) {
    touched = System.nanoTime();
    CapacityChannel channel = null;
    int given = 0;
    synchronized (this) {
      credit += bytes;
      if (capacity != null && credit >= CREDIT) {
        channel = capacity;
        given = credit;
        credit = 0;
      }
    }
    give(channel, given);
  }

  private void give(CapacityChannel channel, int bytes) {
    if (channel != null) {
      try {
        channel.update(bytes);
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  private void touch() {
    touched = System.nanoTime();
  }

  /** Watches the time: for the head while there is none, for silence from then on. */
  private void watch() {
    Duration limit = headReceived ? limits.idle() : limits.response();
    if (limit.isZero() || over) {
      return;
    }
    long left = limit.toNanos() - (System.nanoTime() - touched);
    if (left <= 0 && (headReceived || requestEnded)) {
      String detail = headReceived ? "nothing for " + limit : "no response for " + limit;
      fail(new Fault(Fault.Kind.TIMEOUT, sent, detail));
      return;
    }
    synchronized (this) {
      disarm.run();
      Duration pause = left <= 0 ? limit : Duration.ofNanos(left);
      disarm = cancelled ? () -> {} : transport.timer().after(pause, this::watch);
    }
  }

  private void fail(Exception cause) {
    fail(Faults.of(cause, sent));
  }

  private void fail(Fault fault) {
    if (!over) {
      over = true;
      stop();
      answer.failed(fault);
    }
  }

  private void end(Headers trailers) {
    if (over) {
      return;
    }
    over = true;
    synchronized (this) {
      disarm.run();
    }
    closeCursor();
    answer.end(trailers);
    if (!requestEnded) {
      stop(); // the upstream wants no more of the request; the connection is of no use
    }
  }

  private static Headers headers(Iterator<Header> fields) {
    List<String> pairs = new ArrayList<>();
    while (fields.hasNext()) {
      Header field = fields.next();
      pairs.add(field.getName());
      pairs.add(field.getValue() == null ? "" : field.getValue());
    }
    return Headers.ofPairs(pairs);
  }

  private final class Producer implements AsyncRequestProducer {

    @Override
    public void sendRequest(RequestChannel channel, HttpContext context)
        throws HttpException, IOException {
      BasicHttpRequest head =
          new BasicHttpRequest(
              request.method(),
              destination.address().secure() ? "https" : "http",
              Authorities.parse(request.host()),
              request.target());
      request.headers().fields().forEach(field -> head.addHeader(field.name(), field.value()));
      channel.sendRequest(head, content.map(Entity::new).orElse(null), context);
    }

    @Override
    public boolean isRepeatable() {
      return false;
    }

    @Override
    public void failed(Exception cause) {
      fail(cause);
    }

    @Override
    public int available() {
      RequestContent.Cursor body = cursor;
      if (body == null) {
        return 1;
      }
      int available = body.available();
      return available == 0 && body.end().isPresent() && !requestEnded ? 1 : available;
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
      if (cursor == null) {
        cursor = content.orElseThrow().open(channel::requestOutput);
        if (over) {
          cursor.close(); // cancelled meanwhile
        }
      }
      RequestContent.Cursor body = cursor;
      for (ByteBuffer bytes = body.peek(); bytes.hasRemaining(); bytes = body.peek()) {
        int before = bytes.remaining();
        channel.write(bytes);
        int written = before - bytes.remaining();
        if (written == 0) {
          return;
        }
        sent = true;
        touch();
        body.taken(written);
      }
      Optional<Headers> end = requestEnded ? Optional.empty() : body.end();
      if (end.isPresent()) {
        requestEnded = true;
        channel.endStream(fields(end.get()));
      }
    }

    private static List<Header> fields(Headers trailers) {
      return trailers.fields().stream()
          .<Header>map(field -> new BasicHeader(field.name(), field.value()))
          .toList();
    }

    @Override
    public void releaseResources() {
      closeCursor();
    }
  }

  private final class Consumer implements AsyncResponseConsumer<Void> {

    private FutureCallback<Void> result;

    @Override
    public void consumeResponse(
        HttpResponse response,
        EntityDetails entity,
        HttpContext context,
        FutureCallback<Void> callback) {
      result = callback;
      sent = true;
      headReceived = true;
      touch();
      if (over) {
        return;
      }
      long length = entity == null ? declared(response) : entity.getContentLength();
      answer.head(
          new Answer.Head(
              response.getCode(), headers(response.headerIterator()), length, entity != null));
      watch();
      if (entity == null) {
        UpstreamCall.this.end(Headers.NONE);
        result.completed(null);
      }
    }

    /** What a GET would get, in the answer to a HEAD. */
    private static long declared(HttpResponse response) {
      Header length = response.getFirstHeader("Content-Length");
      try {
        return length == null ? -1 : Long.parseLong(length.getValue());
      } catch (NumberFormatException e) {
        return -1;
      }
    }

    @Override
    public void informationResponse(HttpResponse response, HttpContext context) {
      touch();
    }

    @Override
    public void updateCapacity(CapacityChannel channel) {
      int given;
      synchronized (UpstreamCall.this) {
        capacity = channel;
        given = credit;
        credit = 0;
      }
      if (given > 0) {
        give(channel, given);
      }
    }

    @Override
    public void consume(ByteBuffer bytes) {
      touch();
      if (!over) {
        answer.data(bytes);
      }
    }

    @Override
    public void streamEnd(List<? extends Header> trailers) {
      List<Header> fields = trailers == null ? List.of() : List.copyOf(trailers);
      UpstreamCall.this.end(headers(fields.iterator()));
      result.completed(null);
    }

    @Override
    public void failed(Exception cause) {
      fail(cause);
    }

    @Override
    public void releaseResources() {}
  }

  /** What the library is to know of the body. */
  private record Entity(RequestContent content) implements EntityDetails {

    @Override
    public long getContentLength() {
      return content.length();
    }

    @Override
    public String getContentType() {
      return null;
    }

    @Override
    public String getContentEncoding() {
      return null;
    }

    @Override
    public boolean isChunked() {
      return content.length() < 0;
    }

    @Override
    public Set<String> getTrailerNames() {
      return Set.of();
    }
  }
}
