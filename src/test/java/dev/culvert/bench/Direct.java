package dev.culvert.bench;

import dev.culvert.testkit.EchoUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * No proxy: the load client talks to the upstream.
 *
 * @param certificate of an upstream that speaks TLS, which is then one of its own; empty for the
 *     upstream that all have
 */
record Direct(Optional<Certificate> certificate) implements Contestant {

  private static final Duration START = Duration.ofSeconds(30);

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
  public Running start(int upstreamPort, Path directory) throws IOException {
    if (certificate.isEmpty()) {
      return new Upstream(Listener.plain(upstreamPort), Optional.empty());
    }
    Certificate shown = certificate.get();
    ChildJvm own =
        ChildJvm.start(
            directory, EchoUpstream.class, shown.store().toString(), Certificate.PASSWORD);
    try {
      int port = Integer.parseInt(own.hear(START));
      return new Upstream(Listener.on(port, certificate), Optional.of(own));
    } catch (IOException | RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /** The one of its own ends here, the other one with the benchmark; who ends early is noticed. */
  private record Upstream(Listener listener, Optional<ChildJvm> own) implements Running {

    @Override
    public List<Long> pids() {
      return List.of();
    }

    @Override
    public void stayAlive(Duration time) {
      // Load that finds nobody fails.
    }

    @Override
    public OptionalLong collect() {
      return OptionalLong.empty();
    }

    @Override
    public void close() {
      own.ifPresent(ChildJvm::close);
    }
  }
}
