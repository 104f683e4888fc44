package dev.culvert.meter;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.annotation.RegistryType;

/**
 * The qualifier of the application's registry; Payara's producer without it works for injection
 * points only. No class: GlassFish loads the classes of an application that are annotations, and
 * ignores all the others when one of them cannot be loaded there.
 */
@SuppressWarnings("deprecation") // with no other way to the registry in Payara
final class ApplicationScope implements InvocationHandler {

  private static final MetricRegistry.Type TYPE = MetricRegistry.Type.APPLICATION;

  private ApplicationScope() {}

  static Annotation qualifier() {
    return (Annotation)
        Proxy.newProxyInstance(
            ApplicationScope.class.getClassLoader(),
            new Class<?>[] {RegistryType.class},
            new ApplicationScope());
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "annotationType" -> RegistryType.class;
      case "type" -> TYPE;
      case "equals" -> arguments[0] instanceof RegistryType other && other.type() == TYPE;
      case "hashCode" -> (127 * "type".hashCode()) ^ TYPE.hashCode(); // as Annotation demands
      default -> "@RegistryType(type=APPLICATION)";
    };
  }
}
