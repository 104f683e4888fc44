package dev.culvert.route;

import dev.culvert.provider.Bindings;
import java.util.Optional;

final class NoBindings implements Bindings {
  @Override
  public Optional<String> bound(String session) {
    return Optional.empty();
  }

  @Override
  public void bind(String session, String provider) {}

  @Override
  public void unbind(String session) {}
}
