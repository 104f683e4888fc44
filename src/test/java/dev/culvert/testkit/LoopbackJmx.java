package dev.culvert.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.rmi.server.RMIServerSocketFactory;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;

/** JMX between a test and a server, over the loopback address only. */
final class LoopbackJmx {

  /** Stands in the line on standard output that is meant for the test; the address follows. */
  static final String READY = "culvert-testkit-ready ";

  private LoopbackJmx() {}

  /** Opens a connector; runs in the server's JVM. Returns the connector's address. */
  static JMXServiceURL serve(MBeanServer beans) throws IOException {
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
    return connector.getAddress();
  }

  /** Connects to a server; runs in the test's JVM. */
  // The address comes from our own child and holds no name to look up.
  @SuppressWarnings("BanJNDI")
  static JMXConnector connect(String address) throws IOException {
    return JMXConnectorFactory.connect(new JMXServiceURL(address));
  }
}
