package dev.culvert.endpoint;

import jakarta.websocket.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Back-pressure towards the clients of Undertow, the WebSocket container of WildFly. It queues what
 * it reads for the thread that calls the message handlers, without a limit. Here a {@link
 * ReceiveWindow} stands before the session's receive listener, which is called once for each read
 * of at most one buffer, on the connection's I/O thread. By reflection on public methods: an
 * application does not see Undertow's classes.
 */
final class UndertowReceives implements InvocationHandler {

  private static final Logger LOG = System.getLogger("dev.culvert.endpoint");

  private final Object listener;
  private final ReceiveWindow window;

  /** Whether there is still a connection to read from. */
  private final Call isOpen;

  private UndertowReceives(Object listener, ReceiveWindow window, Call isOpen) {
    this.listener = listener;
    this.window = window;
    this.isOpen = isOpen;
  }

  /**
   * Bounds what the server reads ahead for a session that has not begun to receive. Other servers
   * read nothing while a handler runs; their sessions are left alone.
   */
  static void bound(Session session) {
    Optional<Method> setter =
        Arrays.stream(session.getClass().getMethods())
            .filter(method -> method.getName().equals("setReceiveListener"))
            .findAny();
    if (setter.isEmpty()) {
      return;
    }
    try {
      bound(session, setter.get());
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.log(Level.WARNING, "CULVERT-L005 slow upstreams fill memory: Undertow reads ahead", e);
    }
  }

  private static void bound(Session session, Method setter) throws ReflectiveOperationException {
    Object channel = Call.of(session, "getWebSocketChannel").run();
    ReceiveWindow window =
        new ReceiveWindow(
            (Executor) Call.of(session, "getExecutor").run(),
            Call.of(channel, "suspendReceives")::run,
            Call.of(channel, "resumeReceives")::run);
    Object listener = Call.of(Call.of(channel, "getReceiveSetter").run(), "get").run();
    Class<?> type = setter.getParameterTypes()[0];
    setter.invoke(
        session,
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            new UndertowReceives(listener, window, Call.of(channel, "isOpen"))));
  }

  /** A public method without parameters of something that is the server's. */
  private record Call(Object target, Method method) {

    static Call of(Object target, String name) throws NoSuchMethodException {
      return new Call(target, target.getClass().getMethod(name));
    }

    Object run() {
      try {
        return method.invoke(target);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(method.getName(), e);
      }
    }
  }

  /**
   * The listener's one method, and those of every object. The server also calls while receives are
   * suspended, when a frame has begun and not ended, and when the connection is closed and bytes
   * that were read before are left. Those have to be taken: it calls again for as long as they are
   * there, on the I/O thread, and that is all that the thread does then.
   */
  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    boolean event = method.getName().equals("handleEvent");
    if (event && !window.isOpen() && (boolean) isOpen.run()) {
      return null;
    }
    try {
      return method.invoke(listener, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      if (event) {
        window.read();
      }
    }
  }
}
