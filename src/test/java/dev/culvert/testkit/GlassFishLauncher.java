package dev.culvert.testkit;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Main class of the server's JVM: boots GlassFish through its embedded API, opens its listener and
 * a JMX connector on the loopback address, and prints {@link LoopbackJmx#READY} and the connector's
 * address. The JVM halts when standard input ends, so it cannot outlive the test that started it.
 *
 * <p>Runs with nothing but GlassFish and the launcher's own classes on the class path.
 */
public final class GlassFishLauncher {

  private static final String LISTENER =
      "configs.config.server-config.network-config.network-listeners.network-listener"
          + ".http-listener.";

  private GlassFishLauncher() {}

  /**
   * Boots the server, then runs deployments until the JVM ends.
   *
   * @param arguments the port of the listener
   * @throws Exception when the server does not boot
   */
  public static void main(String[] arguments) throws Exception {
    PrintStream answers = System.out;
    // Whatever the server prints goes to the log with everything else.
    System.setOut(System.err);
    ParentWatch.haltAtEndOf(System.in);

    EmbeddedGlassFish server = EmbeddedGlassFish.start();
    server.run("set", LISTENER + "address=127.0.0.1");
    server.run("set", LISTENER + "port=" + arguments[0]);
    server.run("set", LISTENER + "enabled=true");
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.setLevel(Level.ALL); // what the loggers let through goes to the log
    }
    BlockingQueue<Runnable> deployments = new LinkedBlockingQueue<>();
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    beans.registerMBean(
        new GlassFishControl(server, deployments::add),
        new ObjectName(ServerControlMXBean.OBJECT_NAME));
    answers.println(LoopbackJmx.READY + LoopbackJmx.serve(beans));
    answers.flush();
    while (true) {
      deployments.take().run();
    }
  }
}
