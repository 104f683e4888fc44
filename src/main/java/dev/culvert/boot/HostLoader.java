package dev.culvert.boot;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.util.Map;

/**
 * Creates the host's class loader out of reach of the web application's. A loader that the web
 * application creates by itself keeps it alive: by its class, or on JDK 17 by the access-control
 * context it captures. So one small loader class is defined beside the server's connector.
 */
final class HostLoader {

  private static final String ANCHOR = "org.glassfish.grizzly.Connection";
  private static final String LOADER = "org.glassfish.grizzly.CulvertLoader";

  /** What the host links to, beside the JDK. */
  private static final String[] NEEDED = {
    ANCHOR, "org.apache.catalina.connector.RequestFacade", "jakarta.servlet.ServletRequest"
  };

  private HostLoader() {}

  static ClassLoader create(HostJar jar) throws IOException, ReflectiveOperationException {
    ClassLoader parent = topmostThatSeesAll(HostLoader.class.getClassLoader());
    Class<?> anchor = Class.forName(ANCHOR, false, parent);
    Class<?> loader = loaderBeside(anchor, jar);
    return (ClassLoader)
        loader.getConstructor(ClassLoader.class, Map.class).newInstance(parent, jar.files());
  }

  /** A second host in the same JVM finds the class of the first. */
  private static Class<?> loaderBeside(Class<?> anchor, HostJar jar)
      throws IOException, ReflectiveOperationException {
    byte[] bytes = jar.require(LOADER.replace('.', '/') + ".class");
    try {
      return Class.forName(LOADER, true, anchor.getClassLoader());
    } catch (ClassNotFoundException e) {
      return MethodHandles.privateLookupIn(anchor, MethodHandles.lookup()).defineClass(bytes);
    }
  }

  private static ClassLoader topmostThatSeesAll(ClassLoader start) throws ClassNotFoundException {
    ClassLoader topmost = null;
    for (ClassLoader loader = start; loader != null; loader = loader.getParent()) {
      if (seesAll(loader)) {
        topmost = loader;
      }
    }
    if (topmost == null) {
      throw new ClassNotFoundException(
          String.join(", ", NEEDED) + " (expected: Payara, whose connector is Grizzly)");
    }
    return topmost;
  }

  private static boolean seesAll(ClassLoader loader) {
    try {
      for (String name : NEEDED) {
        Class.forName(name, false, loader);
      }
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
