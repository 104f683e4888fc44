package dev.culvert.route;

import jakarta.servlet.AsyncContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;

/**
 * Asks an asynchronous exchange of a server that is known whether the server's thread has returned
 * from it. The Servlet API has no such question; what it offers instead answers by an exception,
 * which takes a tenth of the time of a short request on WildFly. Any thread.
 */
final class ReturnProbe {

  private static final Logger LOG = System.getLogger("dev.culvert");

  /**
   * A question.
   *
   * @param method without parameters, of type boolean
   * @param whenReturned its answer from then on
   */
  record Question(String method, boolean whenReturned) {}

  /** By the class of the exchange: Undertow's; that of Payara and GlassFish. */
  private static final Map<String, Question> KNOWN =
      Map.of(
          "io.undertow.servlet.spec.AsyncContextImpl", new Question("isInitialRequestDone", true),
          "org.apache.catalina.connector.AsyncContextImpl", new Question("isOkToConfigure", false));

  private final Class<?> type;
  private final Optional<Method> method;
  private final boolean whenReturned;

  private ReturnProbe(Class<?> type, Optional<Method> method, boolean whenReturned) {
    this.type = type;
    this.method = method;
    this.whenReturned = whenReturned;
  }

  /** For exchanges of a class. */
  static ReturnProbe of(Class<?> type) {
    return Optional.ofNullable(KNOWN.get(type.getName()))
        .map(question -> of(type, question))
        .orElseGet(() -> new ReturnProbe(type, Optional.empty(), false));
  }

  static ReturnProbe of(Class<?> type, Question question) {
    Optional<Method> found = Optional.empty();
    try {
      Method method = type.getDeclaredMethod(question.method());
      method.setAccessible(true);
      found = Optional.of(method).filter(each -> each.getReturnType() == boolean.class);
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.log(Level.DEBUG, "asked by the Servlet API instead: {0}", e);
    }
    return new ReturnProbe(type, found, question.whenReturned());
  }

  /** Whether this is the probe for it. */
  boolean isFor(AsyncContext exchange) {
    return exchange.getClass() == type;
  }

  /**
   * Whether the thread has returned; empty when the server is not known. What the thread has done
   * before that is seen: Undertow notes it under this lock.
   */
  Optional<Boolean> hasReturned(AsyncContext exchange) {
    if (method.isEmpty()) {
      return Optional.empty();
    }
    try {
      synchronized (exchange) {
        return Optional.of((boolean) method.get().invoke(exchange) == whenReturned);
      }
    } catch (IllegalAccessException | InvocationTargetException e) {
      return Optional.empty();
    }
  }
}
