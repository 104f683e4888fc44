package dev.culvert.provider;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Notes in a map. */
public final class TestNotes implements Notes {

  private final Map<String, String> texts = new ConcurrentHashMap<>();

  @Override
  public Optional<String> read(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  @Override
  public void write(String name, String text) {
    texts.put(name, text);
  }

  @Override
  public void erase(String name) {
    texts.remove(name);
  }
}
