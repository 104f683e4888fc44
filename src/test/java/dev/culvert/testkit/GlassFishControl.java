package dev.culvert.testkit;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;

/** The server's side of {@link GlassFishControlMXBean}. Safe for use by any thread. */
final class GlassFishControl extends DeployingControl implements GlassFishControlMXBean {

  private final EmbeddedGlassFish server;

  /** Names that can be undeployed: for others the command fails. Only the deployer's. */
  private final Set<String> deployed = new HashSet<>();

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
            deployed.add(name);
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
          if (deployed.remove(name)) {
            server.run("undeploy", name);
          }
          return name;
        });
  }
}
