package dev.culvert.route;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;

/**
 * What the JDK keeps of the record for which it last made {@code equals}, {@code hashCode} or
 * {@code toString}. Up to JDK 17 a method handle that all records share holds on to the type it was
 * last adapted to (JDK-8078641), so the record's class loader stays for as long as no other record
 * follows.
 */
final class RecordMethods {

  private static final Logger LOG = System.getLogger("dev.culvert");

  private RecordMethods() {}

  /** Has the methods made for a class of the JDK, which takes the place of this application's. */
  static void forgetLast() {
    try {
      make("equals", MethodType.methodType(boolean.class, String.class, Object.class));
      make("hashCode", MethodType.methodType(int.class, String.class));
      make("toString", MethodType.methodType(String.class, String.class));
    } catch (Throwable e) {
      // A JDK that takes records only is one that keeps none.
      LOG.log(Level.DEBUG, "records not forgotten", e);
    }
  }

  private static void make(String method, MethodType type) throws Throwable {
    MethodHandle component = MethodHandles.identity(String.class);
    ObjectMethods.bootstrap(
        MethodHandles.lookup(), method, type, String.class, "component", component);
  }
}
