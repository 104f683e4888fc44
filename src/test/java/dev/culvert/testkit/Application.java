package dev.culvert.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One application of a {@link TestServer}, with a name and a context root that no other one has,
 * and the system properties that configure it. Closing it undeploys it and takes the properties
 * back. Deployments of one application must not overlap; the rest is safe for use by any thread.
 */
public final class Application implements AutoCloseable {

  private final TestServer server;
  private final String name;
  private final String contextPath;
  private final Set<String> properties = ConcurrentHashMap.newKeySet();

  /** Whether there may be a deployment; written by whoever deploys. */
  private volatile boolean deployed;

  Application(TestServer server, String name, String contextPath) {
    this.server = server;
    this.name = name;
    this.contextPath = contextPath;
  }

  /** The server it is deployed on. */
  public TestServer server() {
    return server;
  }

  /** Name of the deployment. */
  public String name() {
    return name;
  }

  /** Context path: empty at the root, else with a slash in front. */
  public String contextPath() {
    return contextPath;
  }

  /**
   * The HTTP address of a path below the context root.
   *
   * @param path with a slash in front, in the form it is to be sent
   */
  public URI http(String path) {
    return server.http(contextPath + path);
  }

  /** The WebSocket address of a path below the context root. */
  public URI ws(String path) {
    return URI.create("ws" + http(path).toString().substring("http".length()));
  }

  /** Sets a system property of the server until this application is closed. */
  public Application configure(String key, String value) {
    properties.add(key);
    server.setProperty(key, value);
    return this;
  }

  /** Deploys a WAR; see {@link TestServer#deploy}. */
  public void deploy(Path war) {
    deployed = true; // one that is not done in time may be done later
    server.deploy(war, name, contextPath.isEmpty() ? "/" : contextPath);
  }

  /** Undeploys it when a deployment was begun. */
  public void undeploy() {
    if (deployed) {
      deployed = false;
      server.undeploy(name);
    }
  }

  /** Undeploys the old deployment, then deploys a WAR. */
  public void redeploy(Path war) {
    undeploy();
    deploy(war);
  }

  @Override
  public void close() {
    try {
      undeploy();
    } finally {
      properties.forEach(server::clearProperty);
    }
  }
}
