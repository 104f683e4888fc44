package jakarta.servlet;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;

/**
 * The class loader of Culvert's host. It stands in this package because a class can only be defined
 * beside one that is there already, and every server has the Servlet API: defined beside its
 * classes this one belongs to the server, so that nothing it loads refers to the web application
 * that brought it.
 */
public final class CulvertLoader extends ClassLoader {

  /** Class files by resource path; never changed. */
  private final Map<String, byte[]> files;

  /**
   * Makes a loader.
   *
   * @param parent sees the server's connector
   * @param files class files and resources by path
   */
  public CulvertLoader(ClassLoader parent, Map<String, byte[]> files) {
    super("culvert-host", parent);
    this.files = Map.copyOf(files);
  }

  /** A module of JBoss Modules sees only those of the JDK that it names; the host needs others. */
  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = files.get(name.replace('.', '/') + ".class");
    return bytes == null
        ? getPlatformClassLoader().loadClass(name)
        : defineClass(name, bytes, 0, bytes.length);
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
  public InputStream getResourceAsStream(String name) {
    byte[] bytes = files.get(name);
    return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
  }
}
