package dev.culvert.route;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.glassfish.grizzly.CloseListener;

/** A request as Payara has it, after the facade that applications get. */
public final class PayaraRequest {

  /** What applications get. */
  public interface Facade extends HttpServletRequest {
    /** Payara's own, by which the gateway knows the server. */
    Object getUnwrappedCoyoteRequest();
  }

  // Found by their names.

  volatile Object httpUpgradeHandler;
  volatile boolean afterService;

  /** Grizzly's, below it. */
  final GrizzlyRequest grizzly = new GrizzlyRequest();

  /** As the server calls it. */
  public GrizzlyRequest getCoyoteRequest() {
    return grizzly;
  }

  /** What is used of Grizzly's request, and of its connection. */
  public static final class GrizzlyRequest {

    private final List<CloseListener<?, ?>> listeners = new CopyOnWriteArrayList<>();

    /** Bytes that the client has not taken. */
    private volatile int queued;

    private volatile boolean closed;
    private volatile boolean terminated;

    public GrizzlyRequest getConnection() {
      return this;
    }

    /** The server closes it after what is queued. */
    void closeGracefully() {
      closed = true;
      tell();
    }

    /** The client takes some or all of what was queued. */
    void queue(int left) {
      queued = left;
      tell();
    }

    private void tell() {
      if (!isOpen()) {
        listeners.forEach(GrizzlyRequest::tell);
        listeners.clear();
      }
    }

    private static void tell(CloseListener<?, ?> listener) {
      try {
        listener.onClosed(null, null);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public void addCloseListener(CloseListener<?, ?> listener) {
      listeners.add(listener);
      tell();
    }

    public GrizzlyRequest getAsyncWriteQueue() {
      return this;
    }

    public int spaceInBytes() {
      return queued;
    }

    boolean isTerminated() {
      return terminated;
    }

    public boolean isOpen() {
      return !terminated && (!closed || queued > 0);
    }

    public void terminateSilently() {
      terminated = true;
      tell();
    }
  }

  /** The facade, which answers as said, and upgrades. */
  HttpServletRequest facade(Map<String, Function<Object[], Object>> answers) {
    Map<String, Function<Object[], Object>> all = new HashMap<>(answers);
    all.put("getUnwrappedCoyoteRequest", arguments -> this);
    all.put("upgrade", arguments -> upgrade((Class<?>) arguments[0]));
    return Stub.of(Facade.class, all);
  }

  private Object upgrade(Class<?> type) {
    try {
      httpUpgradeHandler = type.getDeclaredConstructor().newInstance();
      return httpUpgradeHandler;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("handler", e);
    }
  }

  /** The server's thread gives the connection and leaves. */
  void leave(FakeUpgrade connection) {
    ((HttpUpgradeHandler) httpUpgradeHandler).init(connection);
    afterService = true;
  }
}
