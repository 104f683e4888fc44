package dev.culvert.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.remote.JMXConnector;

/** What the servers have in common: a process, a JMX connector and a control in their JVM. */
abstract class ForkedServer implements TestServer {

  private static final Duration DEPLOY_LIMIT = Duration.ofMinutes(2);

  private final ServerProcess process;
  private final JMXConnector connector;
  private final ServerJvm jvm;
  private final ServerControlMXBean control;
  private final BoundedCalls calls;

  /** Makes the names of {@link #application} unique on this server. */
  private final AtomicInteger applications = new AtomicInteger();

  ForkedServer(ServerProcess process, JMXConnector connector) throws IOException {
    this.process = process;
    this.connector = connector;
    this.jvm = new ServerJvm(connector.getMBeanServerConnection());
    this.control = jvm.mxBean(ServerControlMXBean.OBJECT_NAME, ServerControlMXBean.class);
    this.calls = new BoundedCalls(DEPLOY_LIMIT);
  }

  /** Deploys; returns why the server refuses, as far as it says so, or nothing. */
  abstract Optional<String> tryDeploy(Path war, String name, String contextRoot) throws IOException;

  abstract void tryUndeploy(String name) throws IOException;

  @Override
  public final void deploy(Path war, String name, String contextRoot) {
    int mark = log().mark();
    Optional<String> refusal = run("deploy " + name, () -> tryDeploy(war, name, contextRoot));
    if (refusal.isPresent()) {
      throw new IllegalStateException(
          String.join("\n", "not deployed: " + name, refusal.get())
              + "\n"
              + String.join("\n", log().linesFrom(mark)));
    }
  }

  @Override
  public final void undeploy(String name) {
    run(
        "undeploy " + name,
        () -> {
          tryUndeploy(name);
          return name;
        });
  }

  private <T> T run(String what, Callable<T> call) {
    return calls.run(what, call, new Hang(log(), jvm::busyThreads)::describe);
  }

  @Override
  public final long pid() {
    return process.pid();
  }

  @Override
  public final boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public final ServerLog log() {
    return process.log();
  }

  @Override
  public final ServerJvm jvm() {
    return jvm;
  }

  @Override
  public final Application application(String prefix) {
    String name = prefix + "-" + applications.incrementAndGet();
    return new Application(this, name, "/" + name);
  }

  @Override
  public final Application rootApplication(String prefix) {
    return new Application(this, prefix + "-" + applications.incrementAndGet(), "");
  }

  @Override
  public final void setProperty(String key, String value) {
    control.setProperty(key, value);
  }

  @Override
  public final void clearProperty(String key) {
    control.clearProperty(key);
  }

  @Override
  public final void setLogLevel(String logger, String level) {
    control.setLogLevel(logger, level);
  }

  @Override
  public final boolean stop(Duration limit) {
    return process.terminate(limit);
  }

  @Override
  public final void close() {
    process.kill();
    calls.close();
    try {
      connector.close();
    } catch (IOException expected) {
      // The server cannot answer any more; the client's side is closed all the same.
      return;
    }
  }
}
