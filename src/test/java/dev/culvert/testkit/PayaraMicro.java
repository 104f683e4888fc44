package dev.culvert.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * A real Payara Micro in a JVM of its own, on a free port of the loopback address, without cluster
 * and without calls home. Its class path holds Payara Micro and the launcher, nothing of Culvert.
 *
 * <p>Safe for use by any thread; deployments run one at a time. The process ends with {@link
 * #close()}, and at the latest with the JVM that started it.
 */
public final class PayaraMicro implements AutoCloseable {

  private static final Duration BOOT_LIMIT = Duration.ofSeconds(90);
  private static final Duration DEPLOY_LIMIT = Duration.ofSeconds(60);

  private final PayaraProcess process;
  private final JMXConnector connector;
  private final ServerJvm jvm;
  private final ServerControlMXBean control;
  private final int port;

  /** Makes the calls that may hang, one at a time. */
  private final ExecutorService calls = Executors.newSingleThreadExecutor(PayaraMicro::daemon);

  /** Makes the names of {@link #application} unique on this server. */
  private final AtomicInteger applications = new AtomicInteger();

  private PayaraMicro(PayaraProcess process, JMXConnector connector) throws IOException {
    this.process = process;
    this.connector = connector;
    this.jvm = new ServerJvm(connector.getMBeanServerConnection());
    this.control = jvm.mxBean(ServerControlMXBean.OBJECT_NAME, ServerControlMXBean.class);
    this.port = control.getHttpPort();
  }

  /** Starts a server on the JDK of the test. */
  public static PayaraMicro start() {
    return start(PayaraOptions.DEFAULT);
  }

  /**
   * Starts a server and waits until it is up, at most 90 s.
   *
   * @throws IllegalStateException when it does not come up; the message ends with its log
   */
  public static PayaraMicro start(PayaraOptions options) {
    try {
      PayaraProcess process = PayaraProcess.start(options);
      try {
        PayaraMicro server = new PayaraMicro(process, connect(process.awaitAddress(BOOT_LIMIT)));
        server.warmUp();
        return server;
      } catch (RuntimeException | IOException failed) {
        process.kill();
        throw failed;
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The port of the plain HTTP listener on 127.0.0.1. */
  public int port() {
    return port;
  }

  /**
   * An HTTP address of the server.
   *
   * @param path with a slash in front, in the form it is to be sent
   */
  public URI http(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** The process id, for the operating system's own counters. */
  public long pid() {
    return process.pid();
  }

  /** Whether the process runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Everything the server has printed. */
  public ServerLog log() {
    return process.log();
  }

  /** Memory, classes, threads, file descriptors and MBeans of the server. */
  public ServerJvm jvm() {
    return jvm;
  }

  /** An application with a name and a context root of its own, not yet deployed. */
  public Application application(String prefix) {
    String name = prefix + "-" + applications.incrementAndGet();
    return new Application(this, name, "/" + name);
  }

  /** An application for the root context, not yet deployed; there can be one at a time. */
  public Application rootApplication(String prefix) {
    return new Application(this, prefix + "-" + applications.incrementAndGet(), "");
  }

  /**
   * Deploys a WAR file or an exploded WAR under a name that is free.
   *
   * @param contextRoot for example {@code /chat}, or {@code /} for the root context
   * @throws IllegalStateException when the server refuses it or the name is taken; the message ends
   *     with what the server logged
   */
  public void deploy(Path war, String name, String contextRoot) {
    int mark = log().mark();
    boolean accepted =
        bounded("deploy " + name, () -> control.deploy(name, contextRoot, war.toString()));
    if (!accepted) {
      throw new IllegalStateException(
          "not deployed: " + name + "\n" + String.join("\n", log().linesFrom(mark)));
    }
  }

  /** Undeploys an application; nothing happens when there is none of that name. */
  public void undeploy(String name) {
    bounded(
        "undeploy " + name,
        () -> {
          control.undeploy(name);
          return name;
        });
  }

  /**
   * Sets a system property of the server, which MicroProfile Config reads with ordinal 400. Payara
   * caches values for a minute, but not across a deployment.
   */
  public void setProperty(String key, String value) {
    control.setProperty(key, value);
  }

  /** Removes a system property of the server. */
  public void clearProperty(String key) {
    control.clearProperty(key);
  }

  /** Sets the level of a {@code java.util.logging} logger, for example to {@code FINE}. */
  public void setLogLevel(String logger, String level) {
    control.setLogLevel(logger, level);
  }

  /**
   * Lets the server stop by itself, as an operator's {@code kill} would: applications are stopped,
   * then the JVM ends.
   *
   * @return whether it ended in time
   */
  public boolean stop(Duration limit) {
    return process.terminate(limit);
  }

  /** Kills the process and removes its files but the log. Idempotent. */
  @Override
  public void close() {
    process.kill();
    calls.shutdownNow();
    try {
      connector.close();
    } catch (IOException expected) {
      // The server cannot answer any more; the client's side is closed all the same.
      return;
    }
  }

  /**
   * Deploys something that does not matter. Payara keeps its first deployment for good: the thread
   * of its log handler starts then and inherits the context class loader.
   */
  private void warmUp() {
    deploy(War.empty().with("index.html", "").packed(), "warm-up", "/warm-up");
    undeploy("warm-up");
  }

  // The address comes from our own child and holds no name to look up.
  @SuppressWarnings("BanJNDI")
  private static JMXConnector connect(String address) throws IOException {
    return JMXConnectorFactory.connect(new JMXServiceURL(address));
  }

  private <T> T bounded(String what, Callable<T> call) {
    Future<T> result = calls.submit(call);
    try {
      return result.get(DEPLOY_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException hangs) {
      throw new IllegalStateException(
          what + ": not done after " + DEPLOY_LIMIT.toSeconds() + " s\n" + jvm.threadDump(), hangs);
    } catch (ExecutionException failed) {
      throw new IllegalStateException(what + " failed", failed.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(what + ": interrupted", stopped);
    }
  }

  private static Thread daemon(Runnable calls) {
    Thread thread = new Thread(calls, "testkit-deployer");
    thread.setDaemon(true);
    return thread;
  }
}
