package dev.culvert.testkit;

import fish.payara.micro.PayaraMicroRuntime;
import fish.payara.micro.boot.PayaraMicroLauncher;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.rmi.server.RMIServerSocketFactory;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;

/**
 * Main class of the server's JVM: boots Payara Micro through its embedded API, opens a JMX
 * connector on the loopback address and prints {@link #READY} and the connector's address. The JVM
 * halts when standard input ends, so it cannot outlive the test that started it.
 *
 * <p>Runs with nothing but Payara Micro and the launcher's own classes on the class path.
 */
public final class PayaraLauncher {

  /** Begins the one line on standard output that is meant for the test; the address follows. */
  static final String READY = "culvert-testkit-ready ";

  private static final int EXIT_PARENT_GONE = 3;

  private PayaraLauncher() {}

  /**
   * Boots the server, then runs deployments until the JVM ends.
   *
   * @param arguments the command line of Payara Micro
   * @throws Exception when the server does not boot
   */
  public static void main(String[] arguments) throws Exception {
    PrintStream answers = System.out;
    // Whatever the server prints goes to the log with everything else.
    System.setOut(System.err);
    haltAtEndOf(System.in);

    PayaraMicroRuntime runtime = PayaraMicroLauncher.create(arguments).getRuntime();
    BlockingQueue<Runnable> deployments = new LinkedBlockingQueue<>();
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    beans.registerMBean(
        new ServerControl(runtime, deployments::add),
        new ObjectName(ServerControlMXBean.OBJECT_NAME));
    answers.println(READY + connector(beans).getAddress());
    answers.flush();
    while (true) {
      deployments.take().run();
    }
  }

  private static JMXConnectorServer connector(MBeanServer beans) throws IOException, JMException {
    String loopback = InetAddress.getLoopbackAddress().getHostAddress();
    System.setProperty("java.rmi.server.hostname", loopback);
    RMIServerSocketFactory sockets =
        port -> new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
    JMXConnectorServer connector =
        JMXConnectorServerFactory.newJMXConnectorServer(
            new JMXServiceURL("rmi", loopback, 0),
            Map.of(RMIConnectorServer.RMI_SERVER_SOCKET_FACTORY_ATTRIBUTE, sockets),
            beans);
    connector.start();
    return connector;
  }

  private static void haltAtEndOf(InputStream input) {
    Thread watch =
        new Thread(
            () -> {
              try {
                input.transferTo(OutputStream.nullOutputStream());
              } catch (IOException broken) {
                throw new UncheckedIOException(broken);
              } finally {
                Runtime.getRuntime().halt(EXIT_PARENT_GONE);
              }
            },
            "testkit-parent-watch");
    watch.setDaemon(true);
    watch.start();
  }
}
