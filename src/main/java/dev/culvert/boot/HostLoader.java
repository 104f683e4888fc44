package dev.culvert.boot;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.util.Map;

/**
 * Creates the host's class loader out of reach of the web application's. A loader that the web
 * application creates by itself keeps it alive: by its class, or on JDK 17 by the access-control
 * context it captures. So one small loader class is defined beside the server's Servlet API.
 */
final class HostLoader {

  private static final String ANCHOR = "jakarta.servlet.ServletRequest";
  private static final String LOADER = "jakarta.servlet.CulvertLoader";

  private HostLoader() {}

  /**
   * Creates the loader.
   *
   * @param parent a loader of the server
   */
  static ClassLoader create(HostJar jar, ClassLoader parent)
      throws IOException, ReflectiveOperationException {
    Class<?> loader = loaderBeside(Class.forName(ANCHOR, false, parent), jar);
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
}
