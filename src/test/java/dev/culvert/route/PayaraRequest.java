package dev.culvert.route;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** A request as Payara has it, behind the facade that applications get. */
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

    /** Whether bytes are queued that the client does not take. */
    volatile boolean queued;

    private volatile boolean closed;
    private volatile boolean terminated;

    public GrizzlyRequest getConnection() {
      return this;
    }

    /** The server closes it behind what is queued. */
    void closeGracefully() {
      closed = true;
    }

    boolean isTerminated() {
      return terminated;
    }

    public boolean isOpen() {
      return !terminated && (!closed || queued);
    }

    public void terminateSilently() {
      terminated = true;
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
