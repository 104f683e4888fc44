package dev.culvert.testkit;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.PlatformManagedObject;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/**
 * Looks into the JVM of a server under test through the platform's management beans, without any
 * code in that JVM. Safe for use by any thread.
 */
public final class ServerJvm {

  private static final String DIAGNOSTIC_COMMAND = "com.sun.management:type=DiagnosticCommand";

  /** Enough for chains of finalizers, cleaners and weak maps to fall apart one after the other. */
  private static final int COLLECTIONS = 4;

  private final MBeanServerConnection beans;

  ServerJvm(MBeanServerConnection beans) {
    this.beans = beans;
  }

  /** The server's MBeans: attributes, operations, notifications. */
  public MBeanServerConnection beans() {
    return beans;
  }

  /** The names that match a pattern, for example {@code dev.culvert:*}. */
  public Set<ObjectName> names(String pattern) {
    return call(() -> beans.queryNames(name(pattern), null));
  }

  /** Reads an attribute of an MBean. */
  public Object attribute(String bean, String attribute) {
    return call(() -> beans.getAttribute(name(bean), attribute));
  }

  /**
   * Invokes an operation of an MBean.
   *
   * @param arguments of exactly the classes that the operation declares; see {@link #mxBean} for
   *     operations with primitive parameters
   */
  public Object invoke(String bean, String operation, Object... arguments) {
    String[] signature =
        Arrays.stream(arguments)
            .map(argument -> argument.getClass().getName())
            .toArray(String[]::new);
    return call(() -> beans.invoke(name(bean), operation, arguments, signature));
  }

  /** A typed view of an MXBean. */
  public <T> T mxBean(String bean, Class<T> type) {
    return JMX.newMXBeanProxy(beans, name(bean), type);
  }

  /** Collects garbage several times, running finalizers and reference handlers in between. */
  public void collectGarbage() {
    for (int i = 0; i < COLLECTIONS; i++) {
      collectOnce();
    }
  }

  private void collectOnce() {
    invoke(DIAGNOSTIC_COMMAND, "gcRun");
    invoke(DIAGNOSTIC_COMMAND, "gcRunFinalization");
  }

  /** Bytes of heap in use after {@link #collectGarbage()}. */
  public long heapAfterCollection() {
    collectGarbage();
    return platform(MemoryMXBean.class).getHeapMemoryUsage().getUsed();
  }

  /**
   * How many class loaders still define a class of this name, after {@link #collectGarbage()}: 1
   * while one deployment of the application is alive, more when earlier ones leak, 0 when the class
   * is gone or was never loaded (a servlet is loaded by its first request, a listener or a filter
   * by the deployment).
   *
   * @param className binary name, for example {@code dev.example.Outer$Inner}
   */
  public int loadersOf(String className) {
    return loadersOf(className, 0);
  }

  /** As {@link #loadersOf(String)}, but collects no further once there are at most so many. */
  public int loadersOf(String className, int enough) {
    int loaders = Integer.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS && loaders > enough; i++) {
      collectOnce();
      loaders = definitionsOf(className);
    }
    return loaders;
  }

  private int definitionsOf(String className) {
    // One line per class and loader: ancestors first, "|--dev.example.Outer/0x00007f1c2c0a3b10".
    Matcher definitions =
        Pattern.compile("(?m)^[| -]*" + Pattern.quote(className) + "/(0x[0-9a-f]+|null)")
            .matcher(diagnose("vmClassHierarchy"));
    return (int) definitions.results().count();
  }

  /** Live instances of a class, of all its loaders together. */
  public long instancesOf(String className) {
    Pattern row =
        Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +" + Pattern.quote(className) + "( |$)");
    return row.matcher(diagnose("gcClassHistogram"))
        .results()
        .mapToLong(result -> Long.parseLong(result.group(1)))
        .sum();
  }

  /** What keeps the loaders of a class, as far as one way from each to a root of the heap tells. */
  public String holdersOf(String className) {
    Path directory = WorkDirectory.create("heap");
    Path dump = directory.resolve("heap.hprof");
    try {
      platform(HotSpotDiagnosticMXBean.class).dumpHeap(dump.toString(), true);
      return HeapPaths.fromLoadersOf(className, dump);
    } catch (IOException | RuntimeException failed) { // must not hide what it was to explain
      return "no dump of the heap: " + failed;
    } finally {
      WorkDirectory.delete(directory);
    }
  }

  /** Live threads, daemons included. */
  public int threadCount() {
    return platform(ThreadMXBean.class).getThreadCount();
  }

  /** Names of the live threads, sorted; a name occurs as often as there are threads with it. */
  public List<String> threadNames() {
    ThreadMXBean threads = platform(ThreadMXBean.class);
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(Objects::nonNull)
        .map(ThreadInfo::getThreadName)
        .sorted()
        .toList();
  }

  /** All stacks, with locks, as {@code jcmd Thread.print} shows them. */
  public String threadDump() {
    return diagnose("threadPrint");
  }

  /** The stacks of the threads that do not wait for work, each as far as it tells something. */
  String busyThreads() {
    return BusyThreads.of(platform(ThreadMXBean.class).dumpAllThreads(false, false));
  }

  /** Open file descriptors of the process, sockets included. */
  public long openFiles() {
    return platform(UnixOperatingSystemMXBean.class).getOpenFileDescriptorCount();
  }

  /** Processor time the process has used, all threads, user and system. */
  public Duration processorTime() {
    return Duration.ofNanos(platform(UnixOperatingSystemMXBean.class).getProcessCpuTime());
  }

  /** Runs a diagnostic command that has options, without any. */
  private String diagnose(String command) {
    return (String) invoke(DIAGNOSTIC_COMMAND, command, (Object) new String[0]);
  }

  private <T extends PlatformManagedObject> T platform(Class<T> type) {
    return call(() -> ManagementFactory.getPlatformMXBean(beans, type));
  }

  private static ObjectName name(String name) {
    try {
      return new ObjectName(name);
    } catch (MalformedObjectNameException bad) {
      throw new IllegalArgumentException("object name: " + name, bad);
    }
  }

  private static <T> T call(RemoteCall<T> call) {
    try {
      return call.run();
    } catch (IOException gone) {
      throw new UncheckedIOException("the server's JVM does not answer", gone);
    } catch (JMException refused) {
      throw new IllegalStateException(refused);
    }
  }

  private interface RemoteCall<T> {
    T run() throws IOException, JMException;
  }
}
