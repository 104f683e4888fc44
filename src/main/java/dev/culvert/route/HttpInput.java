package dev.culvert.route;

import dev.culvert.handshake.Headers;
import dev.culvert.http.RequestContent;
import dev.culvert.thread.ServerLoader;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The body of a request on its way from the client. Nothing is read that the upstream has no room
 * for. The server's threads and the transport's carry, under the lock of this object; nothing
 * blocks.
 */
final class HttpInput implements ReadListener {

  private static final int PIECE = 16 * 1024;

  /** What the exchange has to know. */
  interface Events {
    /** There is more of the body than may be. */
    void tooLong();

    /** The body is not what its request said; it must not be passed on as a whole one. */
    void malformed(String detail);

    /** The client has gone. */
    void gone(String detail);

    /** Runs a task once the server's own thread has left the exchange. */
    void whenReturned(Runnable task);
  }

  private final HttpServletRequest http;
  private final UnaryOperator<Headers> passedOn;

  private final long most;

  private final Events events;
  private final RequestContent content;

  // Guarded by this.
  private final DeclaredLength size;
  private ServletInputStream in;
  private boolean waits;

  /** Whether the server has called since it last said that nothing was there. */
  private boolean called;

  private boolean ended;

  /**
   * Reads nothing yet.
   *
   * @param passedOn what of trailer fields the upstream gets
   * @param most bytes of the body; 0 = no limit
   */
  HttpInput(HttpServletRequest http, UnaryOperator<Headers> passedOn, long most, Events events) {
    this.http = http;
    this.passedOn = passedOn;
    this.size = new DeclaredLength(http.getContentLengthLong());
    this.most = most;
    this.events = events;
    this.content = new RequestContent(size.declared(), this::demanded);
  }

  /** Whether a request has a body. With HTTP/2 that needs no field to announce it. */
  static boolean isExpected(HttpServletRequest http) throws IOException {
    return isAnnounced(http)
        || (isPossible(http)
            && (http.getHeader("Expect") != null || hasMore(http.getInputStream())));
  }

  /** The same without a look at the body. */
  static boolean isPossible(HttpServletRequest http) {
    return isAnnounced(http)
        || (http.getContentLengthLong() < 0 && http.getProtocol().startsWith("HTTP/2"));
  }

  private static boolean isAnnounced(HttpServletRequest http) {
    long length = http.getContentLengthLong();
    return length > 0 || (length < 0 && http.getHeader("Transfer-Encoding") != null);
  }

  /** In this order: Undertow learns of the end by looking, Payara knows it before all is read. */
  private static boolean hasMore(ServletInputStream in) throws IOException {
    return in.available() > 0 || !in.isFinished();
  }

  RequestContent content() {
    return content;
  }

  /**
   * Takes what came with the head, or has the server tell when something comes; on its own thread.
   * For a body that is there at once Payara announces both data and their end, each on a thread of
   * its own, and the second may come when the exchange is over. A client that expects to be told to
   * go on is told so by the first look at its body, which is therefore left to the upstream.
   */
  void begin() throws IOException {
    if (http.getHeader("Expect") != null) {
      synchronized (this) {
        waits = true;
      }
      return;
    }
    ServletInputStream stream = http.getInputStream();
    long length = size.declared();
    boolean here = length > 0 && length <= PIECE && stream.available() >= length;
    if (here) {
      byte[] body = stream.readNBytes((int) length);
      synchronized (this) {
        ended = true;
      }
      content.add(body);
      content.end(Headers.NONE);
    } else if (size.isDeclared() && !hasMore(stream)) { // HTTP/2; Undertow would say nothing
      synchronized (this) {
        ended = true;
      }
      events.malformed(size.fault().orElseThrow());
    } else {
      listen(stream);
    }
  }

  /** Whether the client still waits to be told to send it. */
  synchronized boolean isAwaited() {
    return waits;
  }

  private void listen(ServletInputStream stream) {
    synchronized (this) {
      in = stream;
    }
    ServerLoader.run(() -> stream.setReadListener(this)); // Payara may begin a thread
  }

  private void listenLate() {
    synchronized (this) {
      if (ended) {
        return;
      }
    }
    try {
      listen(http.getInputStream());
    } catch (IOException | IllegalStateException e) {
      events.gone("body: " + e);
    }
  }

  @Override
  public void onDataAvailable() {
    carry(false, true);
  }

  @Override
  public void onAllDataRead() {
    carry(true, true);
  }

  @Override
  public void onError(Throwable cause) {
    boolean early;
    synchronized (this) {
      early = !ended;
      ended = true;
    }
    if (early) {
      events.gone("body: " + cause);
    }
  }

  /**
   * The upstream has room, or has begun to take the body. Nothing is asked while the server has
   * still to call: Payara would take two calls for one, and say nothing any more or fail.
   */
  void demanded() {
    boolean first;
    synchronized (this) {
      first = waits;
      waits = false;
    }
    if (first) {
      events.whenReturned(this::listenLate);
    } else {
      carry(false, false);
    }
  }

  /** The exchange is over: nothing of the request is touched any more. */
  synchronized void stop() {
    ended = true;
  }

  /**
   * Reads what there is and is wanted. A question for more must not be asked after the end: it
   * would be the next request's of this connection.
   *
   * @param last whether nothing comes after what is there
   * @param call whether the server calls
   */
  private void carry(boolean last, boolean call) {
    List<byte[]> read = new ArrayList<>();
    boolean end = false;
    boolean tooLong = false;
    Optional<String> wrong = Optional.empty();
    String fault = "";
    synchronized (this) {
      try {
        called |= call;
        if (called && !ended) {
          end = read(read, last);
          tooLong = most > 0 && size.received() > most;
          wrong = end ? size.fault() : Optional.empty();
          ended = end || tooLong;
        }
      } catch (IOException | IllegalStateException e) {
        ended = true;
        fault = "body: " + e;
        read.clear();
      }
      // In the order in which they came: under the lock.
      read.forEach(content::add);
    }
    if (!fault.isEmpty()) {
      events.gone(fault);
    } else if (tooLong) {
      events.tooLong();
    } else if (wrong.isPresent()) {
      events.malformed(wrong.get());
    } else if (end) {
      content.end(trailers());
    }
  }

  /** Under the lock; whether this was the end. */
  private boolean read(List<byte[]> read, boolean last) throws IOException {
    byte[] piece = new byte[PIECE];
    int held = 0;
    while (last || (content.isWanted() && held < PIECE)) {
      if (!size.isDeclared() && in.isFinished() && in.available() == 0) {
        return true; // Payara is finished when all has come, whether it has been read or not
      }
      if (!in.isReady()) {
        called = false;
        return last;
      }
      int count = in.read(piece);
      if (count < 0) {
        return true;
      }
      held += count;
      size.add(count);
      if (size.isExceeded()) {
        return true; // what is too much is not passed on
      }
      read.add(Arrays.copyOf(piece, count));
      if (size.isReached()) {
        return true;
      }
      if (most > 0 && size.received() > most) {
        return false;
      }
    }
    return false;
  }

  private Headers trailers() {
    List<String> pairs = new ArrayList<>();
    try {
      if (http.isTrailerFieldsReady()) {
        http.getTrailerFields().forEach((name, value) -> pairs.addAll(List.of(name, value)));
      }
    } catch (IllegalStateException e) {
      return Headers.NONE; // the server has none
    }
    return passedOn.apply(Headers.ofPairs(pairs));
  }
}
