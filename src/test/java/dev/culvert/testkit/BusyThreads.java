package dev.culvert.testkit;

import static java.util.stream.Collectors.joining;

import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The stacks of threads that do something, those first that are deepest in a server or an
 * application. Left out are those that wait for work, and the JVM's own: nothing but frames of the
 * JDK and of pools.
 */
final class BusyThreads {

  private static final int FRAMES = 25;

  private static final List<String> IDLE =
      List.of(
          "java.",
          "javax.management.",
          "jdk.",
          "sun.",
          "com.sun.jmx.",
          "com.sun.management.",
          "org.jboss.threads.",
          "org.xnio.",
          "org.apache.tomcat.util.threads.",
          "org.glassfish.grizzly.threadpool.");

  private BusyThreads() {}

  static String of(ThreadInfo... threads) {
    List<ThreadInfo> busy =
        Arrays.stream(threads)
            .filter(thread -> depth(thread) > 0)
            .sorted(Comparator.comparingLong(BusyThreads::depth).reversed())
            .toList();
    return Stream.concat(
            Stream.of("threads: " + busy.size() + " busy of " + threads.length),
            busy.stream().map(BusyThreads::describe))
        .collect(joining("\n"));
  }

  private static long depth(ThreadInfo thread) {
    return Arrays.stream(thread.getStackTrace())
        .filter(frame -> IDLE.stream().noneMatch(frame.getClassName()::startsWith))
        .count();
  }

  private static String describe(ThreadInfo thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    StringBuilder text = new StringBuilder();
    text.append('"').append(thread.getThreadName()).append("\" ").append(thread.getThreadState());
    if (thread.getLockName() != null) {
      text.append(" on ").append(thread.getLockName());
    }
    if (thread.getLockOwnerName() != null) {
      text.append(" of \"").append(thread.getLockOwnerName()).append('"');
    }
    Arrays.stream(stack).limit(FRAMES).forEach(frame -> text.append("\n  ").append(frame));
    if (stack.length > FRAMES) {
      text.append("\n  and ").append(stack.length - FRAMES).append(" more");
    }
    return text.toString();
  }
}
