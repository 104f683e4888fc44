package dev.culvert.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** No proxy: the load client talks to the upstream. */
record Direct() implements Contestant {

  @Override
  public String name() {
    return "direct";
  }

  @Override
  public Role role() {
    return Role.BASELINE;
  }

  @Override
  public Optional<String> missing() {
    return Optional.empty();
  }

  @Override
  public Running start(int upstreamPort, Path directory) {
    return new Upstream(upstreamPort);
  }

  private record Upstream(int port) implements Running {

    @Override
    public List<Long> pids() {
      return List.of();
    }

    @Override
    public void stayAlive(Duration time) {
      // The benchmark owns the upstream and notices its end itself.
    }

    @Override
    public OptionalLong collect() {
      return OptionalLong.empty();
    }

    @Override
    public void close() {
      // The benchmark closes the upstream.
    }
  }
}
