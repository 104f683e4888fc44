package dev.culvert.boot;

import dev.culvert.boundary.HostBoundary;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

/**
 * The gateway's copy of {@link HostBoundary}, in front of an object that implements the host's
 * copy. The two interfaces are different classes with the same methods.
 */
final class HostProxy implements InvocationHandler {

  private final Object host;

  /** Methods of the host's copy by the gateway's; never changed. */
  private final Map<Method, Method> methods;

  private HostProxy(Object host, Map<Method, Method> methods) {
    this.host = host;
    this.methods = methods;
  }

  /**
   * Wraps a host.
   *
   * @throws NoSuchMethodException when the host lacks a method, which one of the same protocol does
   *     not
   */
  static HostBoundary of(Object host) throws NoSuchMethodException {
    Map<Method, Method> methods = new HashMap<>();
    for (Method own : HostBoundary.class.getMethods()) {
      methods.put(own, host.getClass().getMethod(own.getName(), own.getParameterTypes()));
    }
    return (HostBoundary)
        Proxy.newProxyInstance(
            HostProxy.class.getClassLoader(),
            new Class<?>[] {HostBoundary.class},
            new HostProxy(host, methods));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    Method target = methods.get(method);
    if (target == null) {
      return ofObject(proxy, method, arguments);
    }
    try {
      return target.invoke(host, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Object ofObject(Object proxy, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "proxy of " + host;
    };
  }
}
