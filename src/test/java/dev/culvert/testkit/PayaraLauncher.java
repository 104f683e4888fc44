package dev.culvert.testkit;

import fish.payara.micro.PayaraMicroRuntime;
import fish.payara.micro.boot.PayaraMicroLauncher;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Main class of the server's JVM: boots Payara Micro through its embedded API, opens a JMX
 * connector on the loopback address and prints {@link LoopbackJmx#READY} and the connector's
 * address. The JVM halts when standard input ends, so it cannot outlive the test that started it.
 *
 * <p>Runs with nothing but Payara Micro and the launcher's own classes on the class path.
 */
public final class PayaraLauncher {

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
    ParentWatch.haltAtEndOf(System.in);

    PayaraMicroRuntime runtime = PayaraMicroLauncher.create(arguments).getRuntime();
    PayaraAsyncThreads.configure(runtime.getClass().getClassLoader());
    BlockingQueue<Runnable> deployments = new LinkedBlockingQueue<>();
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    beans.registerMBean(
        new PayaraControl(runtime, deployments::add),
        new ObjectName(PayaraControlMXBean.OBJECT_NAME));
    answers.println(LoopbackJmx.READY + LoopbackJmx.serve(beans));
    answers.flush();
    while (true) {
      deployments.take().run();
    }
  }
}
