package org.glassfish.grizzly;

import java.util.Map;

/**
 * The class loader of Culvert's host. It stands in this package because a class can only be defined
 * beside one that is there already: defined beside Grizzly's classes it belongs to the server, so
 * that nothing it loads refers to the web application that brought it.
 */
public final class CulvertLoader extends ClassLoader {

  /** Class files by resource path; never changed. */
  private final Map<String, byte[]> files;

  /**
   * Makes a loader.
   *
   * @param parent sees the server's connector and the servlet container
   * @param files class files and resources by path
   */
  public CulvertLoader(ClassLoader parent, Map<String, byte[]> files) {
    super("culvert-host", parent);
    this.files = Map.copyOf(files);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = files.get(name.replace('.', '/') + ".class");
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  /** Own classes come first: a parent may have other copies of them. */
  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("dev.culvert.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }
  }

  @Override
  public java.io.InputStream getResourceAsStream(String name) {
    byte[] bytes = files.get(name);
    return bytes == null
        ? super.getResourceAsStream(name)
        : new java.io.ByteArrayInputStream(bytes);
  }
}
