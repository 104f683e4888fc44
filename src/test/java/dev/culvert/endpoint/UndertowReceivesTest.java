package dev.culvert.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UndertowReceivesTest {

  private final Queue<Runnable> handlers = new ArrayDeque<>();
  private final Channel channel = new Channel();

  /** As Undertow's {@code ChannelListener}. */
  interface Listener {
    void handleEvent(Channel channel);
  }

  /** As Undertow's setter of it. */
  record Setter(Listener get) {}

  /** As Undertow's {@code WebSocketChannel}, with a listener of its own that counts its calls. */
  static final class Channel {
    private Listener listener = channel -> channel.reads++;
    private int reads;
    private boolean open = true;
    private boolean suspended;

    public Setter getReceiveSetter() {
      return new Setter(listener);
    }

    public void suspendReceives() {
      suspended = true;
    }

    public void resumeReceives() {
      suspended = false;
    }

    public boolean isOpen() {
      return open;
    }

    void event() {
      listener.handleEvent(this);
    }
  }

  /** What Undertow's session has besides. */
  interface ServersSession {
    Channel getWebSocketChannel();

    Executor getExecutor();

    void setReceiveListener(Listener listener);
  }

  @BeforeEach
  void bound() {
    Executor queue = handlers::add;
    UndertowReceives.bound(
        (Session)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Session.class, ServersSession.class},
                (session, method, arguments) ->
                    switch (method.getName()) {
                      case "getWebSocketChannel" -> channel;
                      case "getExecutor" -> queue;
                      default -> {
                        channel.listener = (Listener) arguments[0];
                        yield null;
                      }
                    }));
  }

  private void shut() {
    for (int i = 0; i < 2 * ReceiveWindow.READS; i++) {
      channel.event();
    }
    assertThat(channel.suspended).isTrue();
    channel.reads = 0;
  }

  @Test
  void aShutWindowReadsNothing() {
    shut();

    channel.event();

    assertThat(channel.reads).isZero();
  }

  @Test
  void handlersThatHaveCaughtUpOpenTheWindow() {
    shut();
    handlers.remove().run();
    assertThat(channel.suspended).isFalse();

    channel.event();

    assertThat(channel.reads).isOne();
  }

  /** Undertow calls until nothing is left, and does nothing else before. */
  @Test
  void whatIsLeftOfAClosedConnectionIsTakenThoughTheWindowIsShut() {
    shut();
    channel.open = false;

    channel.event();

    assertThat(channel.reads).isOne();
  }
}
