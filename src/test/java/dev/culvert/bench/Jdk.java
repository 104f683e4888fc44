package dev.culvert.bench;

import java.nio.file.Path;

/** The JDK that runs the benchmark. */
final class Jdk {

  private Jdk() {}

  /** Returns the path of one of its tools. */
  static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }
}
