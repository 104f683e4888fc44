package dev.culvert.thread;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A supplier made of the JDK's classes only, for servers that keep it when the deployment has gone:
 * the class of a lambda would keep the deployment's class loader.
 */
public final class ForeignSupplier {

  private static final MethodHandle GET = get();

  private ForeignSupplier() {}

  private static MethodHandle get() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(AtomicReference.class, "get", MethodType.methodType(Object.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("every JDK has AtomicReference.get", e);
    }
  }

  /** Supplies what the reference holds; its owner empties it when it is no longer needed. */
  @SuppressWarnings("unchecked") // the handle gives what the reference holds
  public static <T> Supplier<T> of(AtomicReference<T> source) {
    AtomicReference<Supplier<T>> made = new AtomicReference<>();
    // The JDK defines a class for it with the context class loader.
    ServerLoader.run(
        () ->
            made.set(MethodHandleProxies.asInterfaceInstance(Supplier.class, GET.bindTo(source))));
    return made.get();
  }
}
