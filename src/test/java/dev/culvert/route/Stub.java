package dev.culvert.route;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Makes objects of interfaces that do what a test says and nothing else. */
final class Stub {

  private static final Map<Class<?>, Object> NOTHING =
      Map.of(boolean.class, false, int.class, 0, long.class, 0L, List.class, List.of());

  private Stub() {}

  /** Runs the last argument. */
  static Object run(Object... arguments) {
    ((Runnable) arguments[arguments.length - 1]).run();
    return null;
  }

  /** An object whose methods answer, by name; the others return null, zero, false or nothing. */
  static <T> T of(Class<T> type, Map<String, Function<Object[], Object>> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            Stub.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Function<Object[], Object> answer = answers.get(method.getName());
              return answer == null ? NOTHING.get(method.getReturnType()) : answer.apply(arguments);
            }));
  }
}
