package dev.culvert.host.upstream;

import java.lang.reflect.Field;
import java.nio.channels.AsynchronousChannelGroup;
import java.util.concurrent.ScheduledExecutorService;

/** What all clients of one copy of Tyrus share: threads for I/O, and one that ends those. */
final class TyrusTransport {

  private static final String CLASS = "org.glassfish.tyrus.container.jdk.client.TransportFilter";

  private TyrusTransport() {}

  /** Starts the one thread that Tyrus makes without asking a factory. */
  static void start() throws ReflectiveOperationException {
    closer().execute(() -> {});
  }

  /** Lets all threads end: the closer's at once, those for I/O with the last connection. */
  static void end() throws ReflectiveOperationException {
    Class<?> transport = Class.forName(CLASS);
    synchronized (transport) { // as Tyrus does
      Field field = field("channelGroup");
      AsynchronousChannelGroup group = (AsynchronousChannelGroup) field.get(null);
      field.set(null, null); // or the last connection would ask the closer
      if (group != null) {
        group.shutdown();
      }
      closer().shutdownNow();
    }
  }

  private static ScheduledExecutorService closer() throws ReflectiveOperationException {
    return (ScheduledExecutorService) field("connectionCloseScheduler").get(null);
  }

  private static Field field(String name) throws ReflectiveOperationException {
    Field field = Class.forName(CLASS).getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
