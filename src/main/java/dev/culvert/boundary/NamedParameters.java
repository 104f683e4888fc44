package dev.culvert.boundary;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.NotificationBroadcasterSupport;
import javax.management.NotificationEmitter;
import javax.management.StandardEmitterMBean;

/**
 * An MXBean whose operations show consoles the names of their parameters; those of the JDK are
 * called {@code p0}, {@code p1}. The notifications of the bean, if it has any, are passed on.
 */
public final class NamedParameters extends StandardEmitterMBean {

  private final Class<?> type;

  private <T> NamedParameters(Class<T> type, T bean, NotificationEmitter emitter) {
    super(bean, type, true, emitter);
    this.type = type;
  }

  /**
   * Wraps a bean for an MBean server.
   *
   * @param type its MXBean interface, compiled with names of parameters
   * @throws IllegalArgumentException when that is none
   */
  public static <T> NamedParameters of(Class<T> type, T bean) {
    NotificationEmitter emitter =
        bean instanceof NotificationEmitter own ? own : new NotificationBroadcasterSupport();
    return new NamedParameters(type, bean, emitter);
  }

  @Override
  protected String getParameterName(
      MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
    return method(operation)
        .map(method -> method.getParameters()[sequence].getName())
        .orElse(parameter.getName());
  }

  /** Operations of one bean differ in their names or in the number of their parameters. */
  private Optional<Method> method(MBeanOperationInfo operation) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getName().equals(operation.getName()))
        .filter(method -> method.getParameterCount() == operation.getSignature().length)
        .findFirst();
  }
}
