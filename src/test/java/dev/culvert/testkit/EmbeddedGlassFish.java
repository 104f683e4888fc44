package dev.culvert.testkit;

import java.lang.reflect.Method;

/**
 * GlassFish in this JVM, which {@code asadmin}'s commands tell what to do. By reflection: its API
 * comes in no artifact without the whole server.
 */
final class EmbeddedGlassFish {

  private static final String API = "org.glassfish.embeddable.";

  private final Object commands;
  private final Method run;

  private EmbeddedGlassFish(Object commands) throws ReflectiveOperationException {
    this.commands = commands;
    this.run = Class.forName(API + "CommandRunner").getMethod("run", String.class, String[].class);
  }

  /** Starts the one server that there can be, without listeners. */
  static EmbeddedGlassFish start() throws ReflectiveOperationException {
    Object runtime = call(API + "GlassFishRuntime", null, "bootstrap");
    Object server = call(API + "GlassFishRuntime", runtime, "newGlassFish");
    call(API + "GlassFish", server, "start");
    return new EmbeddedGlassFish(call(API + "GlassFish", server, "getCommandRunner"));
  }

  /**
   * Runs a command.
   *
   * @throws IllegalStateException when it fails, with what it said
   */
  void run(String command, String... arguments) throws ReflectiveOperationException {
    Object result = run.invoke(commands, command, arguments);
    Object status = call(API + "CommandResult", result, "getExitStatus");
    if (!status.toString().equals("SUCCESS")) {
      throw new IllegalStateException(
          command + ": " + call(API + "CommandResult", result, "getOutput"));
    }
  }

  private static Object call(String type, Object target, String method)
      throws ReflectiveOperationException {
    return Class.forName(type).getMethod(method).invoke(target);
  }
}
