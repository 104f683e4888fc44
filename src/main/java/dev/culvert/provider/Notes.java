package dev.culvert.provider;

import java.util.Optional;

/**
 * Texts that a deployment leaves for the next one of its application, in this JVM. Any thread;
 * never blocks, never throws; nothing is found or kept any more once the deployment has ended.
 */
public interface Notes {

  /** The text of this name. */
  Optional<String> read(String name);

  /** Keeps a text, in the place of the former one. */
  void write(String name, String text);

  /** Forgets a text. */
  void erase(String name);
}
