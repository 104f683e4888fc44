package dev.culvert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An application on Payara Micro, as an operator would run it.
 *
 * @param name in the table
 * @param micro Payara Micro's jar
 * @param application what is deployed
 * @param options of the JVM; none = the JVM's defaults
 * @param arguments of Payara Micro beyond those of every contestant
 * @param certificate of the listener that takes the streams; empty for the plain one
 */
record OnPayara(
    String name,
    Path micro,
    Application application,
    List<String> options,
    List<String> arguments,
    Optional<Certificate> certificate)
    implements Contestant {

  private static final String LISTENERS =
      "configs.config.server-config.network-config.network-listeners.network-listener.";

  @Override
  public Role role() {
    return Role.SUBJECT;
  }

  @Override
  public Optional<String> missing() {
    return application.missing(micro);
  }

  @Override
  public Running start(int upstreamPort, Path directory) throws IOException {
    int port = Server.freePort();
    Path temporary = Files.createDirectories(directory.resolve("tmp"));
    List<String> command = new ArrayList<>();
    command.add(Jdk.tool("java"));
    command.addAll(options);
    command.add("-Djava.io.tmpdir=" + temporary.toAbsolutePath());
    command.addAll(application.options(upstreamPort));
    certificate.ifPresent(
        shown -> {
          command.add("-Djavax.net.ssl.keyStore=" + shown.store());
          command.add("-Djavax.net.ssl.keyStoreType=PKCS12");
          command.add("-Djavax.net.ssl.keyStorePassword=" + Certificate.PASSWORD);
        });
    command.addAll(List.of("-jar", micro.toAbsolutePath().toString()));
    command.addAll(arguments);
    // Not with --nocluster: together they leave Hazelcast on, listening on every interface.
    command.addAll(List.of("--nohazelcast", "--disablephonehome"));
    command.addAll(List.of("--prebootcommandfile", bootCommands(directory).toString()));
    int plainPort = certificate.isPresent() ? Server.freePort() : port;
    command.addAll(List.of("--port", Integer.toString(plainPort)));
    if (certificate.isPresent()) {
      command.addAll(List.of("--sslport", Integer.toString(port)));
    }
    Path deployed = application.in(directory).toAbsolutePath();
    command.addAll(List.of("--deploy", deployed.toString(), "--contextroot", "ROOT"));
    Child child = Child.start(directory, Map.of(), command);
    Listener listener = Listener.on(port, certificate);
    return Server.awaitReady(child, listener, application.readiness(), true);
  }

  private static Path bootCommands(Path directory) throws IOException {
    List<String> commands =
        Stream.of("http-listener", "https-listener")
            .map(name -> "set " + LISTENERS + name + ".address=127.0.0.1")
            .toList();
    return Files.write(directory.resolve("preboot.txt"), commands).toAbsolutePath();
  }
}
