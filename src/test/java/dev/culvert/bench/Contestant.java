package dev.culvert.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Something that stands, or does not stand, between the load client and the upstream. */
interface Contestant {

  /** What a contestant is compared as. */
  enum Role {
    /** No proxy at all. */
    BASELINE,
    /** What a user would pick instead. */
    PEER,
    /** The same on a JVM. */
    JVM_PEER,
    /** What is compared with the others. */
    SUBJECT
  }

  /** Returns the name in the table; also a directory name. */
  String name();

  Role role();

  /** Returns why it cannot run on this machine; empty when it can. */
  Optional<String> missing();

  /**
   * Starts it in front of the upstream, on a free port of loopback, and waits until it is ready.
   *
   * @param upstreamPort on loopback
   * @param directory for all its files
   */
  Running start(int upstreamPort, Path directory) throws IOException;
}
