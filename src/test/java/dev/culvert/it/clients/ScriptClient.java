package dev.culvert.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;

/** A script in a process of its own, told over its standard input; it ends with that. */
final class ScriptClient implements RealClient {

  private final Process process;
  private final Writer commands;
  private final Lines said = new Lines();

  private ScriptClient(Process process) {
    this.process = process;
    this.commands = process.outputWriter(UTF_8);
  }

  static ScriptClient start(List<String> command) throws IOException {
    return start(command, Map.of());
  }

  static ScriptClient start(List<String> command, Map<String, String> environment)
      throws IOException {
    // What it complains about belongs into the output of the test.
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = builder.start();
    ScriptClient client = new ScriptClient(process);
    Thread reader = new Thread(client::read, "script-output");
    reader.setDaemon(true);
    reader.start();
    return client;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
      }
    } catch (IOException e) {
      said.add("ended: " + e.getMessage()); // by close(), or heard by whoever waits
    }
  }

  @Override
  public void send(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
  }

  @Override
  public String receive() throws InterruptedException {
    return said.require();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
