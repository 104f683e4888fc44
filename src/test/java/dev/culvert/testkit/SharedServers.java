package dev.culvert.testkit;

/**
 * The servers under test that all test classes of this JVM share: begun by the first of them, ended
 * with the JVM. The store of a test run would end them sooner: with forks, each test class is a run
 * of its own.
 */
final class SharedServers {

  private SharedServers() {}

  static TestServer plain() {
    return Plain.SERVER;
  }

  static SecureServer secure() {
    return Secure.SERVER;
  }

  private static final class Plain {
    static final TestServer SERVER = TestServer.start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
    }
  }

  private static final class Secure {
    static final SecureServer SERVER = SecureServer.start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
    }
  }
}
