package dev.culvert.boot;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Loads at the beginning what a deployment needs at its end. By then its class loader may load
 * nothing any more: Payara Micro stops it before it undeploys ({@code --hotdeploy}), and servers
 * delete the files of applications while requests are still under way. A class that the JVM has
 * once found through a loader it finds again without asking that loader, those of the JDK and of
 * the server too.
 */
public final class EagerLoading {

  private static final Logger LOG = System.getLogger("dev.culvert.boot");

  private final ClassLoader loader;
  private final String followed;
  private final Set<String> known = new HashSet<>();
  private final Deque<String> unread = new ArrayDeque<>();

  private EagerLoading(ClassLoader loader, String followed) {
    this.loader = loader;
    this.followed = followed;
  }

  /**
   * Loads, and does not initialise, all classes of this application that the root's code needs,
   * their code in turn, and so on; of libraries only what they name.
   */
  public static void ofApplication(Class<?> root) {
    new EagerLoading(root.getClassLoader(), "dev.culvert.").run(root, () -> true);
  }

  /**
   * Does so with the libraries as well, which takes a second or two. What is missing, such as parts
   * that a library can do without, is left out.
   *
   * @param wanted asked again and again: whether to go on
   */
  public static void withLibraries(Class<?> root, BooleanSupplier wanted) {
    new EagerLoading(root.getClassLoader(), "").run(root, wanted);
  }

  private void run(Class<?> root, BooleanSupplier wanted) {
    long start = System.nanoTime();
    load(root.getName());
    while (!unread.isEmpty() && wanted.getAsBoolean()) {
      read(unread.remove());
    }
    LOG.log(
        Level.DEBUG,
        "classes loaded: root={0} classes={1} millis={2}",
        root.getName(),
        Integer.toString(known.size()),
        Long.toString((System.nanoTime() - start) / 1_000_000));
  }

  private void read(String name) {
    try (InputStream in = loader.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in != null) {
        ClassReferences.of(in.readAllBytes()).forEach(this::load);
      }
    } catch (IllegalStateException e) { // of a loader that was stopped meanwhile
      LOG.log(Level.TRACE, "not read: {0}", e);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "CULVERT-B004 class file cannot be read: " + name, e);
    }
  }

  private void load(String name) {
    if (!known.add(name)) {
      return;
    }
    try {
      Class<?> type = Class.forName(name, false, loader);
      if (type.getClassLoader() == loader && name.startsWith(followed)) {
        unread.add(name);
      }
    } catch (ClassNotFoundException | LinkageError | IllegalStateException e) {
      LOG.log(Level.TRACE, "not loaded: {0}", e);
    }
  }
}
