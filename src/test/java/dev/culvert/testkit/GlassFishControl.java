package dev.culvert.testkit;

import java.util.concurrent.Executor;

/** The server's side of {@link GlassFishControlMXBean}. Safe for use by any thread. */
final class GlassFishControl extends DeployingControl implements GlassFishControlMXBean {

  private final EmbeddedGlassFish server;

  GlassFishControl(EmbeddedGlassFish server, Executor deployer) {
    super(deployer);
    this.server = server;
  }

  @Override
  public String deploy(String name, String contextRoot, String archive) {
    return onDeployer(
        () -> {
          try {
            server.run("deploy", "--name", name, "--contextroot", contextRoot, archive);
            return "";
          } catch (IllegalStateException refused) {
            return refused.getMessage();
          }
        });
  }

  @Override
  public void undeploy(String name) {
    onDeployer(
        () -> {
          server.run("undeploy", name);
          return name;
        });
  }
}
